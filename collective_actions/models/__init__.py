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
    "Recruitment",
    "Remuneration",
    "TeachingMode",
    "Training",
    "TrainingSession",
]
