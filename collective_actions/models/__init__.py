from collective_actions.models.actions import ActionAudience, CollectiveAction, PrescriberQuota, Session
from collective_actions.models.candidacies import Candidacy, CandidacyLog, CandidacyState
from collective_actions.models.enrolments import ACTIVE_STATES, Attendance, Enrolment, EnrolmentLog, EnrolmentState
from collective_actions.models.feeds import CalendarFeed
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
    "Attendance",
    "CalendarFeed",
    "Candidacy",
    "CandidacyLog",
    "CandidacyState",
    "CollectiveAction",
    "Enrolment",
    "EnrolmentLog",
    "EnrolmentState",
    "EntryMode",
    "Goal",
    "Interview",
    "Outcome",
    "PrescriberQuota",
    "Question",
    "Recruitment",
    "Remuneration",
    "Roster",
    "RosterQuestion",
    "Session",
    "TeachingMode",
    "Trainee",
    "Training",
    "TrainingJournal",
    "TrainingSession",
]
