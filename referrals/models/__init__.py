"""The people: who they are, who may see them, who follows them, what was asked for them, are they registered."""

from referrals.models.access import AccessGrant, DeclaredLink, FileOpening, Level
from referrals.models.beneficiaries import Beneficiary, CafRole, NationalNumber, RightsState, Sex
from referrals.models.explanations import AbsenceExplanation, ExplanationKind
from referrals.models.gap_work import GapGesture, GapStep, RegistrationMeasure
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
    RegistrationEntry,
    RegistrationGap,
    RegistrationList,
    RegistrationStatus,
)

__all__ = [
    "AbsenceExplanation",
    "AccessGrant",
    "AssignmentKind",
    "Beneficiary",
    "CafRole",
    "DeclaredLink",
    "DeclineReason",
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
    "ImportChange",
    "Level",
    "MatchAnswer",
    "MatchDecision",
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
    "RegistrationStatus",
    "RightsState",
    "Sex",
    "SupportAssignment",
    "Track",
    "TrackDecision",
]
