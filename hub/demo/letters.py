"""The letters of the demo: the Département's own text, people convened by it, a letter to each as safe contact lets."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from hub.core.workdays import is_open
from hub.demo.opening import Network
from partners.models import Team
from referrals.documents.texts import ORIGINAL, Text
from referrals.models import Appointment, Beneficiary
from referrals.services.appointments.planning import in_france, plan_appointment
from referrals.services.letters.texts import save_text
from referrals.services.letters.writing import write_letter

ADDED = "Le CMS est ouvert du lundi au vendredi. Le bus s'arrête devant la porte."
WORDS = {
    "place": "CMS de Metz, 2e étage",
    "contact": "Accueil du CMS de Metz, 03 00 00 00 00",
    "motive": "Faire connaissance et parler de vos projets.",
    "bring": "Une pièce d'identité et, si vous en avez un, votre CV.",
}
CONVENED, AHEAD = 4, 15  # people, days from today


def write_letters(network: Network) -> None:
    """A text changed by the head of service; a few people of Metz convened, each with her letter."""
    first = ORIGINAL["first"]
    with tenant(network.actor("head")) as head:
        own = Text(first.subject, first.body.replace("{accompagnement}", f"{{accompagnement}}\n\n{ADDED}"))
        save_text(head, kind="first", text=own, after=0)
    with tenant(network.actor("social_worker")) as acting:
        team = network.members["social_worker"].team
        assert team is not None
        people = visible(acting, Beneficiary).filter(died_on=None).exclude(address="").order_by("sort_key", "pk")
        for turn, person in enumerate(people[:CONVENED]):
            write_letter(acting, appointment=_convene(acting, person, team, turn), kind="first")


def _convene(acting: Actor, person: Beneficiary, team: Team, turn: int) -> Appointment:
    starts = datetime.combine(acting.today + timedelta(days=AHEAD), time(9 + turn), PARIS)
    while not is_open(starts.date()):
        starts += timedelta(days=1)
    return plan_appointment(
        acting,
        person=person,
        kind="summons",
        starts_at=in_france(starts.date(), starts.time()),
        organization=team.organization,
        team=team,
        words=WORDS,
    )
