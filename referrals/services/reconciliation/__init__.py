"""Comparing what registration lists say with who must be registered: first a plan that writes nothing, then its
application. `terms` says what one list may conclude, `plan` computes, `apply` writes."""

from referrals.services.reconciliation.apply import apply_list
from referrals.services.reconciliation.forecast import forecast
from referrals.services.reconciliation.guards import agencies_of, guards_of
from referrals.services.reconciliation.undo import refuse_when_followed, undo_list

__all__ = ["agencies_of", "apply_list", "forecast", "guards_of", "refuse_when_followed", "undo_list"]
