"""Whom one may convene: people without track, referent or known contract, those who have waited longest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.dates import add_months
from referrals.channels import why_not_written
from referrals.models import (
    Appointment,
    AppointmentState,
    AssignmentKind,
    Beneficiary,
    CampaignState,
    EngagementContract,
    RegistrationGap,
    RightsState,
    Summons,
    SupportAssignment,
    TrackDecision,
)
from referrals.models.beneficiaries import OPEN_RIGHTS
from referrals.models.registration import OPEN_GAP_STATES
from referrals.selectors.explanations import explained_now, known_of
from referrals.services.campaigns.people import MOST

SHOWN = 50  # people of the preview
LACKS = {
    "no_track": "Sans orientation",
    "no_referent": "Sans référent",
    "no_contract": "Sans contrat connu",
    "open_gap": "Inscription à vérifier",
}
USUAL = ("no_track", "no_referent", "no_contract")  # whom one convenes when nothing else is asked
ORDER = (F("rights_opened_on").asc(nulls_last=True), "sort_key", "pk")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person one might convene: since when her right is open, what the hub already knows, how she is reached."""

    person: Beneficiary
    known: list[str]
    not_written: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first ones, and the exact count of all those the filters keep."""

    lines: list[Candidate]
    total: int


def candidates(actor: Actor, filters: Mapping[str, Any]) -> Candidates:
    """Four queries, whatever the number of rows."""
    found = summonable(actor, filters)
    rows = list(found.select_related("territory", "commune", "registration").order_by(*ORDER)[:SHOWN])
    known = known_of(actor, rows, sees=False)
    lines = [Candidate(one, known[one.pk], why_not_written(one)) for one in rows]
    return Candidates(lines, found.count() if len(rows) == SHOWN else len(rows))


def chosen_ids(actor: Actor, filters: Mapping[str, Any], *, how_many: int) -> list[UUID]:
    """The first ones in order, at most what one campaign holds."""
    return list(summonable(actor, filters).order_by(*ORDER).values_list("pk", flat=True)[: min(how_many, MOST)])


def summonable(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Beneficiary]:
    """Living people in their rights that every filter keeps; whose absence is explained, or who are convened, aside."""
    people = visible(actor, Beneficiary).filter(died_on=None, rights_state__in=(*OPEN_RIGHTS, RightsState.UNKNOWN))
    people = people.exclude(subject_to_obligations=False).filter(_lacking(actor, filters.get("lacks") or ()))
    if territory := filters.get("territory"):
        people = people.filter(territory=territory)
    if days := filters.get("since"):
        people = people.filter(rights_opened_on__lte=actor.today - timedelta(days=int(days)))
    if least := filters.get("age_min"):
        people = people.filter(birth_date__lte=add_months(actor.today, -12 * least))
    if most := filters.get("age_max"):
        people = people.filter(birth_date__gt=add_months(actor.today, -12 * (most + 1)))
    if not filters.get("explained"):
        people = people.exclude(explained_now(actor.today, "pk"))
    return people.exclude(Exists(_meeting(actor))).exclude(Exists(_prepared()))


def _lacking(actor: Actor, lacks: Any) -> Q:
    """Any of what was ticked; by default, whoever lacks a track, a referent or a known contract."""
    rows = OuterRef("pk")
    conditions = {
        "no_track": ~Exists(TrackDecision.objects.filter(beneficiary=rows, ended_on=None, voided_at=None)),
        "no_referent": ~Exists(
            SupportAssignment.objects.filter(beneficiary=rows, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT)
        ),
        "no_contract": ~Exists(_contracts(actor.today).filter(beneficiary=rows)),
        "open_gap": Exists(RegistrationGap.objects.filter(beneficiary=rows, state__in=OPEN_GAP_STATES)),
    }
    wanted = [name for name in conditions if name in lacks] or list(USUAL)
    condition = Q()
    for name in wanted:
        condition |= Q(conditions[name])
    return condition


def _contracts(today: date) -> QuerySet[EngagementContract]:
    return EngagementContract.objects.filter(Q(until=None) | Q(until__gte=today))


def _meeting(actor: Actor) -> QuerySet[Appointment]:
    """Somebody already expects her."""
    coming = Appointment.objects.filter(beneficiary=OuterRef("pk"), state=AppointmentState.PLANNED, sensitive=False)
    return coming.filter(starts_at__gte=actor.now)


def _prepared() -> QuerySet[Summons]:
    """She is already in a campaign being prepared, or waits for its summons."""
    open_states = (CampaignState.DRAFT, CampaignState.SENT)
    waiting = Summons.objects.filter(beneficiary=OuterRef("pk"), withdrawn_at=None, appointment=None)
    return waiting.filter(Q(campaign__state=open_states[0]) | Q(campaign__state=open_states[1], slot__isnull=False))
