"""Who we are: Départements, territories, organisations, members, the services they offer, the files they bring."""

from partners.models.departments import Commune, Department, Territory
from partners.models.directory import DirectoryWord, SavedSearch, ServiceJournal, ServiceSuggestion
from partners.models.files import ImportJob, ImportRow, LineCorrection, StoredFile
from partners.models.members import Absence, ApiToken, Function, Invitation, Membership
from partners.models.organizations import ClosingPeriod, Organization, OrganizationKind, Presence, Team
from partners.models.services import Service, Structure
from partners.models.users import User

__all__ = [
    "Absence",
    "ApiToken",
    "ClosingPeriod",
    "Commune",
    "Department",
    "DirectoryWord",
    "Function",
    "ImportJob",
    "ImportRow",
    "Invitation",
    "LineCorrection",
    "Membership",
    "Organization",
    "OrganizationKind",
    "Presence",
    "SavedSearch",
    "Service",
    "ServiceJournal",
    "ServiceSuggestion",
    "StoredFile",
    "Structure",
    "Team",
    "Territory",
    "User",
]
