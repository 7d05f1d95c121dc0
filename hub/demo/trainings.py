"""Trainings of the demo: what the Région and a training body publish, who was positioned, what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from collective_actions.models import Candidacy, TrainingSession
from collective_actions.services.candidacies.positioning import note_application, position
from collective_actions.services.candidacies.results import record_result
from collective_actions.services.trainings.writing import create_session
from hub.core.access import can, visible
from hub.core.gate import tenant
from hub.demo.offers import TOWNS
from hub.demo.opening import Network
from referrals.models import Beneficiary

FRENCH, GARDENS, WELDING = "Français pour l'emploi", "Ouvrier en espaces verts", "Soudeur"
OWN, OTHER = "Centre de Formation Fictif", "Lycée des Métiers Inventé"
# Title, body, theme, level, hours, remuneration, days before the start, length in days, town, places, free places.
SESSIONS: tuple[tuple[str, str, str, int, int, str, int, int | None, str, int, int | None], ...] = (
    (FRENCH, OWN, "basics", 0, 240, "unpaid", 12, 90, "Metz", 14, 5),
    (FRENCH, OWN, "basics", 0, 240, "unpaid", 40, 90, "Forbach", 14, 14),
    (FRENCH, OWN, "basics", 0, 240, "unpaid", -45, 60, "Thionville", 14, 0),
    ("Remise à niveau et projet", OWN, "basics", 1, 350, "paid", 20, None, "Sarreguemines", 12, 4),
    (GARDENS, OTHER, "agriculture", 3, 700, "paid", 26, 150, "Sarrebourg", 12, 3),
    ("Agent de propreté", OWN, "services", 3, 400, "paid", 7, 80, "Metz", 10, 0),
    ("Agent de propreté", OWN, "services", 3, 400, "paid", 54, 80, "Hagondange", 10, None),
    ("Cariste CACES 1, 3 et 5", OTHER, "transport", 2, 70, "unpaid", 15, 12, "Thionville", 8, 2),
    ("Assistant de vie aux familles", OTHER, "care", 3, 600, "paid", 33, 170, "Metz", 16, 7),
    ("Commis de cuisine", OWN, "hospitality", 3, 500, "paid", 18, 120, "Forbach", 12, 1),
    (WELDING, OTHER, "industry", 3, 560, "paid", 60, 140, "Thionville", 12, 12),
    ("Compétences numériques", OWN, "digital", 1, 105, "unpaid", 10, 30, "Sarrebourg", 12, 6),
)
# What the body said of the people positioned in Metz, one list of steps each.
STEPS: tuple[tuple[tuple[str, dict[str, str]], ...], ...] = (
    (),
    (("present", {}),),
    (("present", {}), ("select", {})),
    (("select", {}), ("enter", {})),
    (("reject", {"reason": "prerequisites", "note": "Une remise à niveau d'abord"}),),
    (("present", {}), ("reject", {"reason": "no_place"})),
)


def offer_trainings(network: Network) -> None:
    """A dozen sessions over the territories, six people positioned on the first and one who applied by herself."""
    sessions = _publish(network)
    with tenant(network.actor("social_worker")) as actor:
        people = visible(actor, Beneficiary).filter(died_on=None, rights_state="open").order_by("sort_key", "id")
        chosen = [one for one in people[:40] if can(actor, "candidacy.create", one)][: len(STEPS) + 1]
        rows = [
            position(actor, session=sessions[0], person=one, informed_on=actor.today) for one in chosen[: len(STEPS)]
        ]
        for one in chosen[len(STEPS) :]:
            note_application(actor, session=sessions[5], person=one)
    with tenant(network.actor("teacher")) as actor:
        for row, steps in zip(rows, STEPS, strict=False):
            for result, said in steps:
                record_result(actor, candidacy=Candidacy.objects.get(pk=row.pk), result=result, **said)


def _publish(network: Network) -> list[TrainingSession]:
    towns = {name: (insee, postcode, street) for name, insee, postcode, street in TOWNS}
    made = []
    with tenant(network.actor("trainer")) as actor:
        for title, body, theme, level, hours, pay, wait, length, town, places, free in SESSIONS:
            insee, postcode, street = towns[town]
            start = actor.today + timedelta(days=wait)
            start += timedelta(days=-start.weekday() % 7)  # a Monday
            values: dict[str, Any] = {
                "title": title, "body_name": body, "theme": theme, "level_out": level, "hours": hours,
                "remuneration": pay, "starts_on": start, "city": town, "insee": insee, "postcode": postcode,
                "address": f"1 {street}", "place": body, "places": places, "free_places": free, "recruitment": "open",
                "ends_on": start + timedelta(days=length // 7 * 7 + 4) if length else None,
                "entry": "fixed" if length else "permanent",
                "info_dates": [start - timedelta(days=10)] if wait > 9 else [],
            }  # fmt: skip
            made.append(create_session(actor, **values))
    return made
