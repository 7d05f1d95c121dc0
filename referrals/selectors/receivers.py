"""Who can receive a referral, and what to know before sending: closed, slow, already asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from hub.core.access import get_visible, visible
from hub.core.actor import PARIS, Actor
from hub.core.text import fold
from hub.core.workdays import open_days_between
from partners.models import ClosingPeriod, Organization, Service, Team
from partners.models.services import SENT_TO, ServiceState
from referrals.clocks import closing_periods
from referrals.models import Beneficiary, Referral
from referrals.selectors.people_filters import WORD
from referrals.selectors.referrals import department_code
from referrals.services.answer_links import answering_members
from referrals.services.referrals import open_duplicates

MOST_FOUND = 20
LAST_ANSWERS = 20
SLOW_DAYS = 5
SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Receiver:
    """An organisation one may choose, with what distinguishes it."""

    organization: Organization
    services: list[Service]
    closed: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """What the composer says before sending; empty strings when there is nothing to say."""

    closed: str
    slow: str
    without_account: str


def search_receivers(actor: Actor, query: str, *, but: tuple[UUID, ...] = ()) -> list[Receiver]:
    """Organisations of the Département that receive referrals, by name, city, kind, service or theme, without accents.

    Without words: the first ones. At most twenty.
    """
    words = WORD.findall(fold(query))
    found = [one for one in _receivers(actor, but) if _holds(one, words)]
    return [_shown(one) for one in found[:MOST_FOUND]]


def alternatives_to(actor: Actor, former: Referral) -> list[Receiver]:
    """Where else to send somebody whose referral came to nothing: the same theme, else the same kind."""
    others = _receivers(actor, (former.receiver_id,))
    themes = former.service.themes if former.service else []
    same_theme = others.filter(
        services__themes__overlap=themes,
        services__state=ServiceState.PUBLISHED,
        services__department=actor.department_id,
    )
    found = list(same_theme[:MOST_FOUND]) if themes else []
    return [_shown(one) for one in found or others.filter(kind=former.receiver.kind_id)[:MOST_FOUND]]


def _receivers(actor: Actor, but: tuple[UUID, ...]) -> QuerySet[Organization]:
    """Active organisations that receive referrals, with what they offer and when they close soon."""
    active = Service.objects.filter(department_id=actor.department_id, state=ServiceState.PUBLISHED, nature__in=SENT_TO)
    offered = Prefetch("services", active, to_attr="offer")
    soon = actor.today + timedelta(days=SOON_DAYS)
    closing = Prefetch(
        "closing_periods",
        ClosingPeriod.objects.filter(starts_on__lte=soon, ends_on__gte=actor.today),
        to_attr="closing",
    )
    return (
        visible(actor, Organization)
        .filter(receives_referrals=True, active=True)
        .exclude(pk__in=but)
        .select_related("kind")
        .prefetch_related(offered, closing)
        .distinct()
        .order_by("name")
    )


def _shown(one: Any) -> Receiver:
    return Receiver(one, one.offer, closing_words(one.closing))


def get_receiver(actor: Actor, pk: UUID | str) -> Organization:
    """An organisation one may send to; raises `NotVisible`."""
    return get_visible(actor, Organization, pk)


def support_teams(actor: Actor, organization: Organization) -> QuerySet[Team]:
    """Teams that may be designated, one's own included: a social worker may designate his own."""
    return visible(actor, Team).filter(organization=organization, sees_people=True)


def teams_of(actor: Actor, receiver: Organization) -> QuerySet[Team]:
    """Teams that receive people; inside one's own organisation, the other teams."""
    teams = support_teams(actor, receiver)
    return teams.exclude(pk=actor.team_id) if receiver.pk == actor.organization_id and actor.team_id else teams


def services_of(actor: Actor, receiver: Organization) -> QuerySet[Service]:
    """What it offers now; to an action one enrols."""
    return visible(actor, Service).filter(organization=receiver, state=ServiceState.PUBLISHED, nature__in=SENT_TO)


def warnings_about(actor: Actor, receiver: Organization) -> Warnings:
    """Closed now or soon; slow to answer, as far as the actor saw its answers; nobody there to answer."""
    soon = actor.today + timedelta(days=SOON_DAYS)
    closing = list(receiver.closing_periods.filter(starts_on__lte=soon, ends_on__gte=actor.today))
    return Warnings(closing_words(closing), _slow_words(actor, receiver), _account_words(actor, receiver))


def _account_words(actor: Actor, receiver: Organization) -> str:
    """Nobody there can answer here: it goes by mail, or not at all."""
    if answering_members(actor.department_id).filter(organization=receiver).exists():
        return ""
    if receiver.email:
        return "Personne n'y a de compte : l'orientation part par courriel, et l'on y répond avec un code."
    return "Personne n'y a de compte et sa boîte n'est pas connue : appelez, personne n'y lira cette orientation."


def duplicates(
    actor: Actor, person: Beneficiary, receiver: Organization, service: Service | None
) -> QuerySet[Referral]:
    """Still open towards the same target, as far as the actor may know."""
    found: QuerySet[Referral] = open_duplicates(actor, person=person, receiver=receiver, service=service)
    return found.order_by("-sent_at")


def closing_words(periods: list[ClosingPeriod]) -> str:
    """ "Fermé du 24 décembre au 2 janvier", or nothing."""
    return " ; ".join(f"fermé du {_short(period.starts_on)} au {_short(period.ends_on)}" for period in periods)


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _holds(organization: Organization, words: list[str]) -> bool:
    texts = [organization.name, organization.city, organization.kind.label]
    for service in organization.offer:  # type: ignore[attr-defined]
        texts += [service.name, *service.themes]
    text = fold(" ".join(texts))
    return all(word in text for word in words)


def _slow_words(actor: Actor, receiver: Organization) -> str:
    answered = Referral.objects.filter(
        Q(sensitive=False) | Q(sender_id=actor.organization_id), receiver=receiver, answered_at__isnull=False
    ).order_by("-answered_at")
    rows = list(answered.values_list("sent_at", "answered_at")[:LAST_ANSWERS])
    if not rows:
        return ""
    closed = closing_periods(receiver.pk, min(sent for sent, _ in rows if sent).date())
    code = department_code(actor)
    delays = [
        open_days_between(
            sent.astimezone(PARIS).date(), answered.astimezone(PARIS).date(), closed=closed, subdivision=code
        )
        for sent, answered in rows
        if sent and answered
    ]
    typical = median(delays)
    return f"répond d'habitude en {typical:.0f} jours ouvrés" if typical > SLOW_DAYS else ""
