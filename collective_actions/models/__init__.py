from collective_actions.models.actions import ActionAudience, CollectiveAction, PrescriberQuota, Session
from collective_actions.models.candidacies import Candidacy, CandidacyLog, CandidacyState
from collective_actions.models.designs import ActionModel
from collective_actions.models.enrolments import ACTIVE_STATES, Attendance, Enrolment, EnrolmentLog, EnrolmentState
from collective_actions.models.feeds import CalendarFeed
from collective_actions.models.follow_ups import ContactKind, FollowUpContact, FollowUpStep, Step, TrainingFigure
from collective_actions.models.placements import Placement, PlacementContract, PlacementStep, PlacementStepKind
from collective_actions.models.posts import Contract, OpenPost
from collective_actions.models.rosters import Interview, Outcome, Question, Roster, RosterQuestion, Trainee
from collective_actions.models.trainings import (
    EntryMode,
    Goal,
    Recruitment,
    Remuneration,
    TeachingMode,
    Training,
    TrainingJournal,
    TrainingSession,
)

__all__ = [
    "ACTIVE_STATES",
    "ActionAudience",
    "ActionModel",
    "Attendance",
    "CalendarFeed",
    "Candidacy",
    "CandidacyLog",
    "CandidacyState",
    "CollectiveAction",
    "ContactKind",
    "Contract",
    "Enrolment",
    "EnrolmentLog",
    "EnrolmentState",
    "EntryMode",
    "FollowUpContact",
    "FollowUpStep",
    "Goal",
    "Interview",
    "OpenPost",
    "Outcome",
    "Placement",
    "PlacementContract",
    "PlacementStep",
    "PlacementStepKind",
    "PrescriberQuota",
    "Question",
    "Recruitment",
    "Remuneration",
    "Roster",
    "RosterQuestion",
    "Session",
    "Step",
    "TeachingMode",
    "Trainee",
    "Training",
    "TrainingFigure",
    "TrainingJournal",
    "TrainingSession",
]
