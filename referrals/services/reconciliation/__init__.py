"""Comparing what registration lists say with who must be registered: first a plan that writes nothing, then its
application. `terms` says what one list may conclude, `plan` computes, `apply` writes."""

from referrals.services.reconciliation.apply import apply_list
from referrals.services.reconciliation.forecast import forecast

__all__ = ["apply_list", "forecast"]
