"""Collective actions of the demo, by the real services: dates to come, a full cycle with people waiting, one held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from collective_actions.models import CollectiveAction, Enrolment, Session
from collective_actions.services.actions.enrolling import enrol, give_up, join
from collective_actions.services.actions.models import keep_model
from collective_actions.services.actions.sessions import record_attendance, record_feedback
from collective_actions.services.actions.writing import add_sessions, create_action, publish_action, set_quota
from collective_actions.services.posts import open_post
from hub.core.access import can, visible
from hub.core.actor import PARIS
from hub.core.gate import tenant
from hub.core.workdays import is_open
from hub.demo.opening import Network
from referrals.models import Beneficiary, Referral
from referrals.services.referrals import accept_referral, release_answer

MARKS = ("present", "present", "present", "absent", "present", "excused")


@dataclass(frozen=True, slots=True)
class Plan:
    """One action: who designs it, how many days before today, its dates (days from today), seats, who comes."""

    by: str
    name: str
    said: dict[str, Any]
    dates: tuple[int, ...]
    capacity: int
    place: str
    comes: tuple[str, ...]  # members who enrol somebody, in turn (or themselves, between professionals)
    ago: int = 0
    co_hosts: tuple[str, ...] = ()
    quota: tuple[str, int] | None = None


PLANS = (
    Plan(
        "charity", "Cuisiner à petit prix",
        {"themes": ["equipement-et-alimentation--alimentation"], "audiences": ["tous-publics"], "fee": "gratuit",
         "city": "Metz", "insee": "57463", "objective": "Préparer trois repas de saison pour moins de dix euros.",
         "need": "Beaucoup de familles de l'épicerie ne cuisinent plus les légumes qu'elles reçoivent.",
         "description": "On choisit, on cuisine, on mange ensemble. Les recettes repartent avec chacun."},
        (5, 12, 19), 8, "Cuisine de l'Épicerie", ("udaf_worker", "social_worker", "udaf_worker"),
        co_hosts=("udaf",), quota=("pole_emploi", 2),
    ),
    Plan(
        "charity2", "Reprendre confiance à vélo",
        {"themes": ["remobilisation--activites-sportives-et-culturelles"], "fee": "gratuit", "city": "Thionville",
         "insee": "57672", "series": True, "need": "Se déplacer seul fait peur après un long arrêt.",
         "objective": "Faire seul le trajet du quartier à la gare.",
         "description": "Quatre matinées en petit groupe, vélo et casque prêtés."},
        (8, 15, 22, 29), 3, "Cour de l'Atelier", ("social_worker", "udaf_worker", "social_worker", "social_worker",
                                                  "udaf_worker"),
    ),
    Plan(
        "officer_metz", "Café des métiers",
        {"themes": ["choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite"], "city": "Metz",
         "insee": "57463", "fee": "gratuit", "objective": "Rencontrer trois employeurs et repartir avec un contact.",
         "need": "Les personnes ne connaissent pas les métiers qui recrutent près de chez elles.",
         "description": "Deux heures, trois employeurs, un café. Sans CV.",
         "evaluation": "Qui est venu, ce qu'ils en disent, un contact pris ou non."},
        (-9, 6), 12, "Maison du Département", ("social_worker",) * 6,
        ago=24, co_hosts=("pole_emploi", "siae"),
    ),
    Plan(
        "officer_metz", "Repérer l'illettrisme : échange de pratiques",
        {"audience": "professionals", "themes": ["lecture-ecriture-calcul--maitriser-le-francais"], "city": "Metz",
         "insee": "57463", "objective": "Aborder la question sans blesser, savoir vers qui orienter.",
         "description": "Une matinée entre agents et partenaires, autour de situations vécues."},
        (11,), 15, "Maison du Département", ("udaf_worker", "adviser", "siae_worker"),
    ),
)  # fmt: skip


POSTS: tuple[dict[str, Any], ...] = (
    {"name": "Agent d'entretien d'espaces verts", "positions": 3, "months": 6, "weekly_hours": 26.0,
     "city": "Metz", "insee": "57463", "themes": ["trouver-un-emploi--repondre-a-des-offres-demploi"],
     "description": "Tonte, taille, plantations, en équipe de huit avec un encadrant.",
     "conditions": "Travail dehors par tous les temps ; déplacements avec le chantier.",
     "prescribers": "Prescripteurs habilités ; critères vérifiés avec la structure"},
    {"name": "Aide de cuisine", "positions": 1, "months": 6, "weekly_hours": 26.0, "city": "Metz", "insee": "57463",
     "description": "Préparation froide, plonge, service du midi.", "conditions": "Du lundi au vendredi, dès 8 h."},
)  # fmt: skip


def gather(network: Network) -> None:
    """Everything; people are those whom the members who enrol already accompany."""
    people: dict[str, Iterator[Beneficiary]] = {}
    taken: set[UUID] = set()
    for name in ("udaf_worker", "social_worker"):
        people[name] = _people(network, name, taken)
    for plan in PLANS:
        action = _published(network, plan)
        moment = _moment(plan.ago - 1) if plan.ago else None
        for name in plan.comes:
            _come(network, action, name, people, moment)
        if plan.ago:
            _held(network, plan, action)
    _free_one(network)
    _offer_posts(network)


def _offer_posts(network: Network) -> None:
    """What the integration structure recruits for, and an action kept for others to start from."""
    with tenant(network.actor("siae_worker")) as actor:
        for post in POSTS:
            open_post(actor, organization=network.organizations["siae"], contract="integration", **post)
    with tenant(network.actor("officer_metz")) as actor:
        action = CollectiveAction.objects.select_related("service").get(service__name=PLANS[2].name)
        keep_model(actor, action=action, name=action.service.name, shared=True)


def _people(network: Network, name: str, taken: set[UUID]) -> Iterator[Beneficiary]:
    """Those a member may enrol; each person is of one of them only."""
    with tenant(network.actor(name)) as actor:
        found = visible(actor, Beneficiary).filter(rights_state="open", died_on=None).order_by("first_key", "id")
        may = (one for one in found[:120] if one.pk not in taken and can(actor, "referral.compose", one))
        chosen = list(islice(may, 15))
    taken.update(one.pk for one in chosen)
    return iter(chosen)


def _published(network: Network, plan: Plan) -> CollectiveAction:
    with tenant(network.actor(plan.by, _moment(plan.ago))) as actor:
        host = network.members[plan.by].organization
        said = plan.said | {"co_hosts": [network.organizations[key] for key in plan.co_hosts]}
        action = create_action(actor, organization=host, name=plan.name, **said)
        for days in plan.dates:
            starts_at = datetime.combine(_open_day(actor.now, days + plan.ago), time(9, 30), PARIS)
            add_sessions(actor, action=action, starts_at=starts_at, capacity=plan.capacity, place=plan.place)
        if plan.quota:
            organization, seats = plan.quota
            set_quota(actor, action=action, organization=network.organizations[organization], seats=seats)
        return publish_action(actor, action=action)


def _come(
    network: Network, action: CollectiveAction, name: str, people: dict[str, Iterator[Beneficiary]], at: datetime | None
) -> None:
    with tenant(network.actor(name, at)) as actor:
        session = Session.objects.select_related("action__service__organization").filter(action=action)
        first = session.filter(starts_at__gt=actor.now).order_by("starts_at")[0]
        if action.for_professionals:
            join(actor, session=first)
            return
        person = next(people[name], None)
        if person is None:  # a demo too small
            return
        made = enrol(actor, person=person, session=first, informed_on=actor.today)
    if at is not None and (referral_id := made[0].referral_id):
        _accept(network, referral_id, at)


def _accept(network: Network, referral_id: UUID, at: datetime) -> None:
    with tenant(network.actor("officer_metz", at + timedelta(hours=1))) as actor:
        accept_referral(actor, referral=Referral.objects.get(pk=referral_id))
    with tenant(network.product(at + timedelta(hours=2))) as product:
        release_answer(product, referral=Referral.objects.get(pk=referral_id))


def _held(network: Network, plan: Plan, action: CollectiveAction) -> None:
    """The sessions already past: who came, what they said."""
    with tenant(network.actor(plan.by)) as actor:
        past = Session.objects.select_related("action__service").filter(action=action, starts_at__lt=actor.now)
        for session in past:
            rows = list(Enrolment.objects.select_related("session").filter(session=session).order_by("created_at"))
            record_attendance(
                actor, session=session, marks={one.pk: MARKS[n % len(MARKS)] for n, one in enumerate(rows)}
            )
            for one in rows[:1]:
                record_feedback(actor, enrolment=one, rating=4, feedback="J'ai un rendez-vous chez un boulanger.")


def _free_one(network: Network) -> None:
    """Somebody gives up one date of the full cycle: its seat is held for the first who waits."""
    with tenant(network.actor("social_worker")) as actor:
        seated = visible(actor, Enrolment).filter(
            session__action__series=True, state="enrolled", prescriber=actor.organization_id
        )
        first = seated.order_by("session__starts_at", "created_at").first()
        if first is not None:
            give_up(actor, enrolment=first, note="A trouvé un emploi")


def _moment(ago: int) -> datetime:
    now = datetime.now(UTC)
    if not ago:
        return now
    return datetime.combine((now - timedelta(days=ago)).astimezone(PARIS).date(), time(10), PARIS).astimezone(UTC)


def _open_day(now: datetime, after: int) -> date:
    found = now.astimezone(PARIS).date() + timedelta(days=after)
    while not is_open(found):
        found += timedelta(days=1)
    return found
