"""Two campaigns of summonses by the real services: one sent a month ago and followed, one being prepared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hub.core.actor import PARIS
from hub.core.gate import tenant
from hub.core.workdays import is_open
from hub.demo.network import METZ
from hub.demo.opening import Network
from referrals.models import Appointment, AppointmentKind, Campaign
from referrals.selectors.summonable import chosen_ids
from referrals.services.appointments.outcomes import excuse_appointment, hold_appointment, miss_appointment
from referrals.services.appointments.planning import in_france
from referrals.services.campaigns.distribution import distribute
from referrals.services.campaigns.people import open_campaign
from referrals.services.campaigns.sending import send_campaign
from referrals.services.campaigns.slots import open_slot

SENT_AGO, NOTICE, LATER = 30, 14, 40  # days: sent a month ago, received two weeks later, others still to come
SEATS = 4  # of each slot
OFFICER = "officer_metz"
WORDS = {
    "motive": "Faire le point avec vous et choisir qui vous accompagnera.",
    "bring": "Une pièce d'identité et, si vous en avez un, votre CV.",
    "contact": "Accueil du CMS, 03 87 00 00 00",
}
# What became of the first slot's people, in turn.
OUTCOMES: tuple[Callable[..., Any], ...] = (hold_appointment, hold_appointment, miss_appointment, excuse_appointment)


def convene(network: Network) -> None:
    """People of Metz without referent: most came, one did not, one excused herself; others are still awaited."""
    moment = _at_ten(datetime.now(PARIS).date() - timedelta(days=SENT_AGO))
    sent = _campaign(network, "Sans référent, automne", moment, how_many=3 * SEATS, days=(NOTICE, LATER))
    if sent is not None:
        with tenant(network.actor(OFFICER, moment)) as officer:
            distribute(officer, campaign=sent)
            send_campaign(officer, campaign=sent)
        _receive(network)
    _campaign(
        network, "Sans contrat connu", datetime.now(UTC), how_many=2 * SEATS, days=(NOTICE + 7,), lacks="no_contract"
    )


def _campaign(
    network: Network, name: str, moment: datetime, *, how_many: int, days: tuple[int, ...], lacks: str = "no_referent"
) -> Campaign | None:
    """Opened with its slots, alone and beside Pôle emploi; None in a demo too small to hold anybody to convene."""
    place: dict[str, Any] = {"place": "CMS de Metz", "address": "1 place Inventée, 57000 Metz", "capacity": SEATS}
    with tenant(network.actor(OFFICER, moment)) as officer:
        territory = network.territories[METZ]
        people = chosen_ids(officer, {"lacks": [lacks], "territory": territory}, how_many=how_many)
        if not people:
            return None
        campaign = open_campaign(officer, words=WORDS | {"name": name}, people=people, territory=territory)
        for turn, after in enumerate(days):
            partner = network.organizations["pole_emploi"] if turn else None
            starts_at = in_france(_open_day(officer.today, after), time(9, 30))
            open_slot(
                officer, starts_at=starts_at, co_host=partner, campaign=campaign, team=_team(network), **place
            )  # fmt: skip
        return campaign


def _receive(network: Network) -> None:
    """What the CMS wrote down of the appointments already past."""
    with tenant(network.product()):
        past = Appointment.objects.filter(kind=AppointmentKind.SUMMONS, starts_at__lt=datetime.now(UTC))
        rows = list(past.order_by("beneficiary__sort_key", "pk"))
    for turn, one in enumerate(rows):
        with tenant(network.actor(OFFICER, one.starts_at + timedelta(hours=1))) as officer:
            OUTCOMES[turn % len(OUTCOMES)](officer, appointment=one)


def _team(network: Network) -> Any:
    found = (team for (owner, name), team in network.teams.items() if team.territory == network.territories[METZ])
    return next((team for team in found if team.organization.kind_id == "department"), None)


def _at_ten(day: date) -> datetime:
    return datetime.combine(day, time(10), PARIS).astimezone(UTC)


def _open_day(day: date, after: int) -> date:
    found = day + timedelta(days=after)
    while not is_open(found):
        found += timedelta(days=1)
    return found
