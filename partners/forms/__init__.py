"""Forms of the network: they clean what people type and offer only what the actor may choose."""

from partners.forms.accounts import AbsenceForm, PhoneForm, TokenForm
from partners.forms.departments import NewTerritoryForm, OnboardingForm, SettingsForm, TerritoryForm
from partners.forms.filters import AccessFilter, CommuneFilter, InvitationFilter, OrganizationFilter
from partners.forms.members import AcceptForm, InvitationForm, MemberForm, RightsForm
from partners.forms.organizations import ClosingForm, ContactForm, OrganizationForm, TeamForm

__all__ = [
    "AbsenceForm",
    "AcceptForm",
    "AccessFilter",
    "ClosingForm",
    "CommuneFilter",
    "ContactForm",
    "InvitationFilter",
    "InvitationForm",
    "MemberForm",
    "NewTerritoryForm",
    "OnboardingForm",
    "OrganizationFilter",
    "OrganizationForm",
    "PhoneForm",
    "RightsForm",
    "SettingsForm",
    "TeamForm",
    "TerritoryForm",
    "TokenForm",
]
