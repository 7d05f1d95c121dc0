"""Rosters of the Région and what became of trainees: sessions that end around today, some people already seen again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Exists, OuterRef

from collective_actions.models import Interview, Placement
from collective_actions.selectors.endings import to_see
from collective_actions.services.endings.figures import freeze_figures
from collective_actions.services.endings.following import call_back, record_interview, take_charge
from collective_actions.services.endings.planning import plan_trainings
from collective_actions.services.endings.telling import tell_endings
from collective_actions.services.placements import (
    explain_placements,
    note_step,
    record_placement,
    signal_difficulty,
    tell_placements,
)
from collective_actions.services.rosters.questions import ask_about_sessions
from hub.core.actor import PARIS
from hub.core.gate import tenant
from hub.core.tabular.write import write_csv
from hub.demo.imports import bring
from hub.demo.opening import Network
from hub.demo.population import population
from referrals.models import Beneficiary, RegistrationGap

TITLES = (
    "N° session", "Intitulé", "Organisme", "Lieu", "Code postal", "Date début session", "Date fin session", "Nom",
    "Prénom", "Date de naissance", "Date entrée", "Date fin prévue", "Date sortie", "Motif de sortie",
)  # fmt: skip
FIRST_STRANGER = 950_001  # trainees the Département does not know: of them nothing is kept
STRANGERS, KNOWN = 6, 4  # by session
BROUGHT = 45  # days ago
# Days ago when the clock went round, and what came of the first who waited then; one more is called in vain.
FOLLOWED: tuple[tuple[int, tuple[Interview, ...]], ...] = (
    (21, (Interview.PLACED,)),
    (8, (Interview.PLACED, Interview.SUPPORT, Interview.TRAINING)),
    (1, (Interview.REFERRAL,)),
    (0, ()),
)
JOBS = (("long", "Atelier de Soudure Imaginaire"), ("permanent", "Propreté Fictive"))


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session: where its people live, when it began and ends, in days from today (None: nobody says); how the last
    of those known left it before its end."""

    number: str
    title: str
    body: str
    place: str
    postcode: str
    territory: str
    begins: int
    ends: int | None
    left: str = ""


SESSIONS = (
    SessionPlan("F57-101", "Agent de propreté et d'hygiène", "AFPA fictive", "Metz", "57000", "T57-1", -90, 0),
    SessionPlan("F57-102", "Remise à niveau, savoirs de base", "Centre fictif", "Metz", "57000", "T57-1", -80, -20),
    SessionPlan("F57-103", "Préparateur de commandes", "AFPA fictive", "Thionville", "57100", "T57-2", -70, -5),
    SessionPlan("F57-104", "Aide à domicile", "Institut fictif", "Forbach", "57600", "T57-3", -60, 7),
    SessionPlan(
        "F57-105", "Soudure, perfectionnement", "AFPA fictive", "Sarreguemines", "57200", "T57-4", -50, 28, "Emploi"
    ),
    SessionPlan("F57-106", "Espaces verts", "Centre fictif", "Sarrebourg", "57400", "T57-5", -48, None, "Abandon"),
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
    for ago, results in FOLLOWED:
        with tenant(network.product(_moment(ago))) as clock:
            plan_trainings(clock)
            tell_endings(clock)
            tell_placements(clock)
        _meet(network, _moment(ago), results)
    _help(network, _moment(1))
    with tenant(network.product()) as clock:
        explain_placements(clock)
        ask_about_sessions(clock)
        freeze_figures(clock)


def _lines(
    network: Network, plan: SessionPlan, today: date, strangers: list[tuple[str, str, date]]
) -> list[tuple[str, ...]]:
    names = _known(network, plan)
    begins, ends = _day(today, plan.begins), _day(today, plan.ends)
    session = (plan.number, plan.title, plan.body, plan.place, plan.postcode, begins, ends)
    rows: list[tuple[str, ...]] = []
    for rank, (last, first, born) in enumerate([*names, *strangers], start=1):
        left = (_day(today, plan.begins + 20), plan.left) if plan.left and rank == KNOWN else ("", "")
        rows.append((*session, last, first, f"{born:%d/%m/%Y}", begins, ends, *left))
    return rows


def _known(network: Network, plan: SessionPlan) -> list[tuple[str, str, date]]:
    """People of the place nobody enrolled yet; where the training goes on, first those the lists do not show."""
    rank = [one.number for one in SESSIONS if one.territory == plan.territory].index(plan.number)
    gaps = RegistrationGap.objects.filter(beneficiary=OuterRef("pk"), state="open")
    with tenant(network.product()):
        people = Beneficiary.objects.filter(
            territory=network.territories[plan.territory], birth_date__isnull=False, rights_state="open"
        ).annotate(absent=Exists(gaps))
        going_on = plan.ends is None or plan.ends > 0
        ordered = people.order_by("-absent" if going_on else "absent", "first_key", "id")
        found = ordered[rank * KNOWN : (rank + 1) * KNOWN]
        return [(one.last_name, one.first_names, one.birth_date) for one in found if one.birth_date]


def _meet(network: Network, moment: datetime, results: tuple[Interview, ...]) -> None:
    """The job developer receives the first of those who wait, and calls the next without reaching her."""
    with tenant(network.actor("developer", moment)) as developer:
        waiting = list(to_see(developer)[: len(results) + 1])
        for trainee, result in zip(waiting, results, strict=False):
            record_interview(developer, trainee=trainee, on=developer.today, result=result.value)
            if result == Interview.PLACED:
                contract, employer = JOBS[Placement.objects.count() % len(JOBS)]
                record_placement(
                    developer, person=trainee.beneficiary, trainee=trainee, contract=contract, employer=employer,
                    starts_on=developer.today,
                )  # fmt: skip
        for trainee in waiting[len(results) :] if results else ():
            take_charge(developer, trainee=trainee)
            call_back(developer, trainee=trainee)


def _help(network: Network, moment: datetime) -> None:
    """The first job is spoken of at eight days; then something goes wrong."""
    with tenant(network.actor("developer", moment)) as developer:
        first = Placement.objects.order_by("starts_on", "id").first()
        if first is not None:
            note_step(developer, placement=first)
            signal_difficulty(developer, placement=first)


def _day(today: date, ahead: int | None) -> str:
    return "" if ahead is None else f"{today + timedelta(days=ahead):%d/%m/%Y}"


def _moment(ago: int) -> datetime:
    """A working hour that many days ago; today is now."""
    now = datetime.now(UTC)
    if not ago:
        return now
    day = (now - timedelta(days=ago)).astimezone(PARIS).date()
    return datetime.combine(day, time(8, 40), PARIS).astimezone(UTC)
