"""Rosters of the Région and what became of trainees: sessions that end around today, some people already seen again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from collective_actions.models import Interview, Trainee
from collective_actions.services.endings.figures import freeze_figures
from collective_actions.services.endings.following import call_back, record_interview, take_charge
from collective_actions.services.endings.planning import plan_trainings
from collective_actions.services.endings.telling import tell_endings
from collective_actions.services.rosters.questions import ask_about_sessions
from hub.core.actor import PARIS
from hub.core.gate import tenant
from hub.core.tabular.write import write_csv
from hub.demo.imports import bring
from hub.demo.opening import Network
from hub.demo.population import population
from referrals.models import Beneficiary

TITLES = (
    "N° session", "Intitulé", "Organisme", "Lieu", "Code postal", "Date début session", "Date fin session", "Nom",
    "Prénom", "Date de naissance", "Date entrée", "Date fin prévue", "Date sortie", "Motif de sortie",
)  # fmt: skip
FIRST_STRANGER = 950_001  # trainees the Département does not know: of them nothing is kept
STRANGERS, KNOWN = 6, 4  # by session
BROUGHT = 45  # days ago
FOLLOWED = (21, 8, 1, 0)  # days ago when the clock went round


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session: where its people live, when it began and ends, in days from today (None: nobody says)."""

    number: str
    title: str
    body: str
    place: str
    postcode: str
    territory: str
    begins: int
    ends: int | None


SESSIONS = (
    SessionPlan("F57-101", "Agent de propreté et d'hygiène", "AFPA fictive", "Metz", "57000", "T57-1", -90, 0),
    SessionPlan("F57-102", "Remise à niveau, savoirs de base", "Centre fictif", "Metz", "57000", "T57-1", -80, -20),
    SessionPlan("F57-103", "Préparateur de commandes", "AFPA fictive", "Thionville", "57100", "T57-2", -70, -5),
    SessionPlan("F57-104", "Aide à domicile", "Institut fictif", "Forbach", "57600", "T57-3", -60, 7),
    SessionPlan("F57-105", "Soudure, perfectionnement", "AFPA fictive", "Sarreguemines", "57200", "T57-4", -50, 28),
    SessionPlan("F57-106", "Espaces verts", "Centre fictif", "Sarrebourg", "57400", "T57-5", -48, None),
)


def follow_trainees(network: Network, folder: Path) -> None:
    """Two rosters by the Région, steps told as days went by, interviews by the job developer."""
    today = datetime.now(PARIS).date()
    strangers = iter(population(STRANGERS * len(SESSIONS), today=today, first=FIRST_STRANGER))
    for turn, plans in enumerate((SESSIONS[:3], SESSIONS[3:]), start=1):
        lines = []
        for plan in plans:
            unknown = [next(strangers) for _ in range(STRANGERS)]
            names = [(one.last_name, one.first_name, one.birth_date) for one in unknown]
            lines += _lines(network, plan, today, names)
        path = folder / f"stagiaires_{turn}.csv"
        with path.open("wb") as file:
            write_csv(file, TITLES, lines)
        bring(network, "trainer", "roster", path, now=_moment(BROUGHT))
    for ago in FOLLOWED:
        with tenant(network.product(_moment(ago))) as clock:
            plan_trainings(clock)
            tell_endings(clock)
        _meet(network, _moment(ago))
    with tenant(network.product()) as clock:
        ask_about_sessions(clock)
        freeze_figures(clock)


def _lines(
    network: Network, plan: SessionPlan, today: date, strangers: list[tuple[str, str, date]]
) -> list[tuple[str, ...]]:
    with tenant(network.product()):
        known = Beneficiary.objects.filter(
            territory=network.territories[plan.territory], birth_date__isnull=False, rights_state="open"
        ).order_by("first_key", "id")
        names = list(known.values_list("last_name", "first_names", "birth_date")[:KNOWN])
    begins, ends = _day(today, plan.begins), _day(today, plan.ends)
    session = (plan.number, plan.title, plan.body, plan.place, plan.postcode, begins, ends)
    rows: list[tuple[str, ...]] = []
    for rank, (last, first, born) in enumerate([*names, *strangers]):
        left = (_day(today, plan.begins + 20), "Abandon") if rank == KNOWN - 1 and plan.begins > -60 else ("", "")
        rows.append((*session, last, first, f"{born:%d/%m/%Y}", begins, ends, *left))
    return rows


def _meet(network: Network, moment: datetime) -> None:
    """The job developer receives the first of those who wait, and calls another."""
    with tenant(network.actor("developer", moment)) as developer:
        waiting = Trainee.objects.filter(interview_on=None, in_charge=None, ends_on__lte=developer.today)
        found = list(waiting.order_by("ends_on", "id")[:3])
        for trainee, result in zip(found[:1], (Interview.PLACED, Interview.SUPPORT), strict=False):
            record_interview(developer, trainee=trainee, on=developer.today, result=result.value)
        for trainee in found[1:2]:
            take_charge(developer, trainee=trainee)
            call_back(developer, trainee=trainee)


def _day(today: date, ahead: int | None) -> str:
    return "" if ahead is None else f"{today + timedelta(days=ahead):%d/%m/%Y}"


def _moment(ago: int) -> datetime:
    """A working hour that many days ago; today is now."""
    now = datetime.now(UTC)
    if not ago:
        return now
    day = (now - timedelta(days=ago)).astimezone(PARIS).date()
    return datetime.combine(day, time(8, 40), PARIS).astimezone(UTC)
