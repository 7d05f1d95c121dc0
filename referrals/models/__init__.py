"""The people: who they are, who may see them, who follows them, what was asked for them, are they registered."""

from referrals.models.access import AccessGrant, DeclaredLink, FileOpening, Level
from referrals.models.answer_links import AnswerLink, LinkOpening
from referrals.models.appointments import (
    Appointment,
    AppointmentKind,
    AppointmentLog,
    AppointmentMode,
    AppointmentState,
    ContractKind,
    EngagementContract,
)
from referrals.models.beneficiaries import Beneficiary, CafRole, NationalNumber, RightsState, Sex
from referrals.models.campaigns import Campaign, CampaignLog, CampaignState, Slot, Summons
<<<<<<< HEAD
from referrals.models.explanations import AbsenceExplanation, EndAnswer, ExplanationKind
from referrals.models.gap_work import GapGesture, GapStep, RegistrationMeasure
=======
from referrals.models.explanations import AbsenceExplanation, ExplanationKind
from referrals.models.gap_work import GapGesture, GapStep, GapView, RegistrationMeasure
>>>>>>> 311306a (The list of gaps: one line of filters with counts, one line a gap, explained ones apart, views one keeps)
from referrals.models.letters import Letter, LetterChannel, LetterKind, LetterTemplate
from referrals.models.matching import MatchAnswer, MatchDecision
from referrals.models.pathways import (
    AssignmentKind,
    ExemptionReason,
    RegistrationExemption,
    SupportAssignment,
    Track,
    TrackDecision,
)
from referrals.models.referrals import (
    DeclineReason,
    Nature,
    Outcome,
    PersonReason,
    Referral,
    ReferralLog,
    ReferralState,
)
from referrals.models.registration import (
    EntryState,
    ExitCode,
    ExpectedList,
    GapClosing,
    GapKind,
    GapLog,
    GapState,
    ImportChange,
    MonthState,
    RegistrationEntry,
    RegistrationGap,
    RegistrationList,
    RegistrationMonth,
    RegistrationStatus,
)

__all__ = [
    "AbsenceExplanation",
    "AccessGrant",
    "AnswerLink",
    "Appointment",
    "AppointmentKind",
    "AppointmentLog",
    "AppointmentMode",
    "AppointmentState",
    "AssignmentKind",
    "Beneficiary",
    "CafRole",
    "Campaign",
    "CampaignLog",
    "CampaignState",
    "ContractKind",
    "DeclaredLink",
    "DeclineReason",
    "EndAnswer",
    "EngagementContract",
    "EntryState",
    "ExemptionReason",
    "ExitCode",
    "ExpectedList",
    "ExplanationKind",
    "FileOpening",
    "GapClosing",
    "GapGesture",
    "GapKind",
    "GapLog",
    "GapState",
    "GapStep",
    "GapView",
    "ImportChange",
    "Letter",
    "LetterChannel",
    "LetterKind",
    "LetterTemplate",
    "Level",
    "LinkOpening",
    "MatchAnswer",
    "MatchDecision",
    "MonthState",
    "NationalNumber",
    "Nature",
    "Outcome",
    "PersonReason",
    "Referral",
    "ReferralLog",
    "ReferralState",
    "RegistrationEntry",
    "RegistrationExemption",
    "RegistrationGap",
    "RegistrationList",
    "RegistrationMeasure",
    "RegistrationMonth",
    "RegistrationStatus",
    "RightsState",
    "Sex",
    "Slot",
    "Summons",
    "SupportAssignment",
    "Track",
    "TrackDecision",
]
