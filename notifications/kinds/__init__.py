"""Who is told of what: the single catalogue, a module by subject.

A title holds counts and partners' names only, never a person's name nor a reason. A kind that lacks a declaration
fails at import (see `catalogue.Kind`).
"""

from notifications.kinds import (
    actions,
    appointments,
    directory,
    endings,
    gaps,
    imports,
    placements,
    referrals,
    rosters,
    trainings,
)

__all__ = [
    "actions",
    "appointments",
    "directory",
    "endings",
    "gaps",
    "imports",
    "placements",
    "referrals",
    "rosters",
    "trainings",
]
