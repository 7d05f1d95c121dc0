"""What applying a list would do, told before anything is applied: the plan made at analysis, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hub.core.actor import Actor
from partners.models import ImportJob
from referrals.recipients import planned_audience
from referrals.services.reconciliation import plan
from referrals.services.reconciliation.terms import Terms, may_conclude, terms_of

WOULD = {
    "gaps_would_open": "open",
    "gaps_would_change": "change_kind",
    "gaps_would_resolve": "resolve",
    "gaps_would_lapse": "lapse",
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """`counts` and `audience` as confirmed now; the `obliged` of the perimeter and those `in_gap` once all the lists
    of the month are vouched for (`concluded_open`: gaps that would open then)."""

    terms: Terms
    counts: dict[str, Any]
    obliged: int
    in_gap: int
    concluded_open: int


def forecast(actor: Actor, job: ImportJob) -> Forecast:
    """Make the plan of a list just analysed, and say it in numbers; nothing is written."""
    terms = terms_of(actor, job)
    plan.make_plan(terms)
    found = plan.numbers()
    counts: dict[str, Any] = {name: found[act] for name, act in WOULD.items()}
    counts["audience"] = planned_audience(terms.department)
    if not terms.conclude and may_conclude(job, terms.month):
        plan.conclude(replace(terms, conclude=True))
        found = plan.numbers()
    counts["gaps_if_concluded"] = found["open"]
    plan.forget()
    return Forecast(terms, counts, found["obliged"], found["in_gap"], found["open"])
