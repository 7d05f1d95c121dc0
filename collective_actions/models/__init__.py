from collective_actions.models.candidacies import Candidacy, CandidacyLog, CandidacyState
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
    "CalendarFeed",
    "Candidacy",
    "CandidacyLog",
    "CandidacyState",
    "EntryMode",
    "Goal",
    "Interview",
    "Outcome",
    "Question",
    "Recruitment",
    "Remuneration",
    "Roster",
    "RosterQuestion",
    "TeachingMode",
    "Trainee",
    "Training",
    "TrainingJournal",
    "TrainingSession",
]
