"""Who we are: Départements, territories, organisations, members, the services they offer, the files they bring."""

from partners.models.departments import Commune, Department, Territory
from partners.models.files import ImportJob, ImportRow, LineCorrection, StoredFile
from partners.models.members import Absence, ApiToken, Function, Invitation, Membership
from partners.models.organizations import ClosingPeriod, Organization, OrganizationKind, Presence, Team
from partners.models.services import Service
from partners.models.users import User

__all__ = [
    "Absence",
    "ApiToken",
    "ClosingPeriod",
    "Commune",
    "Department",
    "Function",
    "ImportJob",
    "ImportRow",
    "Invitation",
    "LineCorrection",
    "Membership",
    "Organization",
    "OrganizationKind",
    "Presence",
    "Service",
    "StoredFile",
    "Team",
    "Territory",
    "User",
]
