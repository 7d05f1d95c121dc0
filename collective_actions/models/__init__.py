from collective_actions.models.rosters import Interview, Outcome, Question, Roster, RosterQuestion, Trainee
from collective_actions.models.trainings import (
    EntryMode,
    Goal,
    Recruitment,
    Remuneration,
    TeachingMode,
    Training,
    TrainingSession,
)

__all__ = [
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
    "TrainingSession",
]
