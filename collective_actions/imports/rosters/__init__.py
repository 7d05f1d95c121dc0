"""Rosters of training sessions, in the shapes Régions, Pôle emploi and training bodies already have."""

from collective_actions.imports.rosters.lines import TraineeLine
from collective_actions.imports.rosters.read import is_roster_titles, parse

__all__ = ["TraineeLine", "is_roster_titles", "parse"]
