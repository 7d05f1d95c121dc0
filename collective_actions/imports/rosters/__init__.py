"""Rosters of training sessions, in the shapes Régions, Pôle emploi and training bodies already have; returns of
prescriptions."""

from collective_actions.imports.rosters.columns import TEMPLATE
from collective_actions.imports.rosters.lines import TraineeLine
from collective_actions.imports.rosters.read import is_roster_titles, opened, parse
from collective_actions.imports.rosters.returns import ReturnLine, is_return, parse_return

__all__ = ["TEMPLATE", "ReturnLine", "TraineeLine", "is_return", "is_roster_titles", "opened", "parse", "parse_return"]
