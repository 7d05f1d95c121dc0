"""The referrals of the demo, as data: who sends, to whom, for what, and what became of it, in days before today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hub.core.workdays import is_open
from referrals.services import referrals as services
from referrals.services.appointments.planning import begin_referral, plan_first_appointment

RECEIVERS = {
    "siae": "siae_worker",
    "association": "charity",
    "association2": "charity2",
    "agency": "developer",
    "udaf": "udaf_lead",
    "pole_emploi": "adviser",
    "health": "listener",
    "network": "network_head",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did, `ago` days before today; `days` names arguments that are dates, in days from today."""

    verb: str
    ago: int
    values: dict[str, Any] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)

    def arguments(self, today: date) -> dict[str, Any]:
        """What the service is given; what is still to come falls on an open day."""
        return {**self.values, **{name: _open_day(today, count) for name, count in self.days.items()}}


def _open_day(today: date, after: int) -> date:
    day = today + timedelta(days=after)
    return day if after <= 0 or is_open(day) else _open_day(day, 1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One proposal: `steps` follow its sending (none: it still waits); a draft is never sent."""

    sender: str
    receiver: str
    need: str
    sent: int
    steps: tuple[Step, ...] = ()
    service: str = ""
    note: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """One orientation decided by the social worker, and what the designated organisation made of it."""

    track: str
    designated: str
    decided: int
    steps: tuple[Step, ...] = ()


BY_SENDER = ("cancel", "confirm_redirect", "refuse_redirect", "acknowledge_outcome", "enter_in_error", "maintain")
VERBS: dict[str, Callable[..., Any]] = {
    "seen": services.mark_seen,
    "accept": services.accept_referral,
    "acknowledge": services.acknowledge_referral,
    "contest": services.contest_referral,
    "waitlist": services.waitlist_referral,
    "decline": services.decline_referral,
    "propose_redirect": services.propose_redirect,
    "confirm_redirect": services.confirm_redirect,
    "start": begin_referral,
    "appointment": plan_first_appointment,
    "pause": services.pause_referral,
    "complete": services.complete_referral,
    "fail": services.fail_referral,
    "cancel": services.cancel_referral,
    "enter_in_error": services.enter_in_error,
    "acknowledge_outcome": services.acknowledge_outcome,
    "maintain": services.maintain_designation,
    "expire": services.expire_referral,
}
ANSWERS = ("accept", "acknowledge", "contest", "waitlist", "decline")

KITCHEN, GARDENS = "Poste en cuisine", "Poste en espaces verts"
SCENARIOS = (
    Scenario("social_worker", "siae", "Un premier emploi après une longue absence", 1, service=KITCHEN),
    Scenario("social_worker", "siae", "Reprendre un rythme de travail", 3, (Step("seen", 2),), GARDENS),
    Scenario("officer_metz", "siae", "Un emploi en extérieur", 11, (Step("seen", 10),), GARDENS),
    Scenario("social_worker", "garage", "Une voiture qui roule pour prendre un emploi", 2),
    Scenario("social_worker", "association", "Aide alimentaire ce mois-ci", 0, service="Aide alimentaire"),
    Scenario(
        "social_worker", "association", "Aide alimentaire et budget", 9,
        (Step("accept", 8, {"note": "Nous l'appelons demain."}),), "Aide alimentaire",
    ),
    Scenario(
        "social_worker", "association", "Tenir un budget", 30,
        (
            Step("accept", 28),
            Step("start", 25),
            Step("complete", 4, {"outcome": "service_received", "note": "Trois ateliers suivis."}),
        ),
        "Atelier budget",
    ),
    Scenario(
        "social_worker", "siae", "Retrouver un emploi près de chez elle", 95,
        (
            Step("accept", 93),
            Step("start", 90),
            Step("complete", 12, {"outcome": "iae_entry", "note": "Contrat de six mois signé."}),
            Step("acknowledge_outcome", 10),
        ),
        KITCHEN,
    ),
    Scenario(
        "officer_metz", "siae", "Un poste adapté aux horaires d'école", 20,
        (Step("waitlist", 18, {"rank": 3, "note": "Deux départs prévus le mois prochain."}, {"review_on": 3}),),
        KITCHEN,
    ),
    Scenario(
        "recruiter", "siae", "Profil qualifié en cuisine", 6, (Step("decline", 5, {"reason": "no_place"}),), KITCHEN
    ),
    Scenario(
        "social_worker", "siae", "Un premier contrat", 16,
        (Step("decline", 13, {"reason": "unreachable", "met_how": "Trois appels et un courrier, sans réponse"}),),
        GARDENS,
    ),
    Scenario(
        "social_worker", "agency", "Un emploi dans la logistique", 8,
        (Step("accept", 6), Step("appointment", 6, days={"on": 2})), "Placement en entreprise",
    ),
    Scenario(
        "recruiter", "agency", "Opératrice de production, expérience de quatre ans", 40,
        (
            Step("accept", 38),
            Step("start", 36),
            Step("complete", 9, {"outcome": "job_long", "note": "Contrat de douze mois."}),
        ),
        "Placement en entreprise",
    ),
    Scenario(
        "recruiter", "agency", "Un emploi de soudeur", 45,
        (
            Step("accept", 43),
            Step("fail", 15, {"reason": "in_employment", "met_how": "Au téléphone : emploi trouvé par elle-même"}),
        ),
        "Placement en entreprise",
    ),
    Scenario(
        "social_worker", "association2", "Se déplacer jusqu'au travail", 14,
        (Step("accept", 12), Step("start", 10)), "Prêt de vélo",
    ),
    Scenario(
        "social_worker", "association2", "Sortir de chez soi", 33,
        (
            Step("accept", 31),
            Step("start", 29),
            Step("pause", 7, {"note": "Soins jusqu'à la fin du mois."}, {"review_on": 12}),
        ),
        "Remise en mouvement",
    ),
    Scenario(
        "social_worker", "association2", "Se déplacer seul", 10,
        (Step("propose_redirect", 8, {"to": "network", "note": "Un autre atelier est plus près."}),), "Prêt de vélo",
    ),
    Scenario(
        "social_worker", "association", "Rencontrer du monde", 22,
        (
            Step("propose_redirect", 19, {"to": "network", "note": "Le réseau a une place."}),
            Step("confirm_redirect", 17),
        ),
        "Atelier budget",
    ),
    Scenario(
        "social_worker", "network", "Donner de son temps", 6, (Step("cancel", 4, {"note": "La personne a déménagé."}),)
    ),
    Scenario(
        "officer_metz", "association", "Aide alimentaire", 5,
        (Step("enter_in_error", 5, {"note": "Mauvais dossier."}),), "Aide alimentaire",
    ),
    Scenario("social_worker", "network", "Un peu de bénévolat pour reprendre confiance", 26, (Step("expire", 2),)),
    Scenario(
        "social_worker", "health", "Rencontrer un soignant", 7, (Step("accept", 6),), "Consultation addictions",
        note="À la demande de la personne.",
    ),
    Scenario("social_worker", "health", "Faire le point", 2, service="Consultation addictions"),
    Scenario("social_worker", "siae", "Un poste en cuisine", 1, service=KITCHEN, draft=True),
    Scenario("udaf_worker", "association", "Aide alimentaire", 0, service="Aide alimentaire"),
    Scenario(
        "udaf_worker", "siae", "Un contrat d'insertion", 0,
        (Step("accept", 0, {"note": "Rendez-vous jeudi à 9 h 30."}),), GARDENS,
    ),
    Scenario("adviser", "agency", "Un emploi dans la vente", 0, service="Placement en entreprise"),
    Scenario("adviser", "siae", "Un contrat d'insertion", 0, (Step("seen", 0),), GARDENS),
)  # fmt: skip
DECISIONS = (
    Decision("socio_professional", "udaf", 1),
    Decision("socio_professional", "udaf", 12),
    Decision("socio_professional", "udaf", 6, (Step("acknowledge", 4), Step("appointment", 4, days={"on": 5}))),
    Decision(
        "socio_professional", "udaf", 9, (Step("contest", 7, {"reason": "capacity", "note": "Effectif complet."}),)
    ),
    Decision("professional", "pole_emploi", 2),
    Decision(
        "professional", "pole_emploi", 15,
        (
            Step("acknowledge", 13),
            Step("start", 6),
            Step("complete", 6, {"outcome": "first_appointment"}),
        ),
    ),
)  # fmt: skip
