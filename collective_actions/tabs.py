"""The pages behind "Formations & actions": one table, drawn as tabs above each of them."""

from __future__ import annotations

from hub.core.doors import Door

TABS = (
    Door("Formations", "graduation-cap", "trainings"),
    Door("Sorties de formation", "user-check", "training_ends"),
    Door("Listes de stagiaires", "clipboard-list", "rosters"),
    Door("Actions collectives", "users-round", "actions"),
)
