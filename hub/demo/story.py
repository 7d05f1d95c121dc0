"""Build the whole demo: network, people, lists, referrals; every row by the service that would have made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hub.core.actor import PARIS, Actor
from hub.core.dates import add_months
from hub.core.gate import tenant
from hub.demo.actions import gather
from hub.demo.campaigns import convene
from hub.demo.directory import fill_directory
from hub.demo.files import Month, arrived, months, vanishes_next, write_exits, write_list, write_people
from hub.demo.imports import bring
from hub.demo.letters import write_letters
from hub.demo.network import METZ
from hub.demo.opening import Network, open_network
from hub.demo.population import Invented, population
from hub.demo.referrals import ANSWERS, BY_SENDER, DECISIONS, RECEIVERS, SCENARIOS, VERBS, Decision, Scenario, Step
from hub.demo.rosters import follow_trainees
from hub.demo.trainings import offer_trainings
from notifications.models import NotificationCursor
from referrals.models import Beneficiary, Referral, RegistrationGap, SupportAssignment
from referrals.services.access import open_file
from referrals.services.gaps import acknowledge_gap, justify_gap, resolve_gap, take_charge_of_gap
from referrals.services.pathways import decide_track, name_referent
from referrals.services.people import set_safe_contact
from referrals.services.referrals import draft_referral, release_answer, send_referral

NEWCOMERS, FIRST_NEWCOMER = 12, 900_001
PORTFOLIO = 80  # people the UDAF worker follows at most
PEOPLE_PER_ROUND, MOST_ROUNDS = 600, 8  # the scenarios are played once more for every so many people
LIST_DAY, WORK_DAY = 8, 15  # of the following month: the list comes, and what was done about it a week later
HANDLED = 10  # gaps of Metz somebody works on every month
TELLING = timedelta(seconds=21)  # after an answer, the sender is told
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demo imported, in numbers, and the files that wait for somebody to import them."""

    people: int
    people_created: int
    list_lines: int
    gaps_open: int
    gaps_by_kind: dict[str, int]
    referrals: int
    notices: int
    ready_people: str
    ready_list: str
    ready_month: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build(*, people: int, folder: Path, say: Say) -> Summary:
    """Everything, in an empty database; says each step in French."""
    today = datetime.now(PARIS).date()
    say("Ouverture du réseau : Départements, territoires, organisations, comptes")
    network = open_network()
    say(f"Invention de {people} personnes")
    invented = list(population(people, today=today))
    *past, this = months(today)
    created = lines = 0
    known: set[int] = set()
    for month in past:
        say(f"Mois {month.name} : personnes arrivées, liste d'inscription, suivi")
        moment = _after(month, LIST_DAY)
        created += _people(network, folder, month.name, _arrivals(invented, month.first, known), moment)
        if not month.index:
            _portfolio(network, [one for one in invented if one.number in known], moment)
        lines += _list(network, folder, invented, month, moment)
        _handle(network, _after(month, WORK_DAY), turn=month.index)
    say("Import de la table des personnes")
    created += _people(network, folder, this.name, _arrivals(invented, today, known), None)
    say("Orientations, désignations, suivi des écarts")
    _refer(network, max(1, min(MOST_ROUNDS, people // PEOPLE_PER_ROUND)))
    _follow(network)
    say("Répertoire des services : un fichier national, un tableau, les organismes du réseau")
    fill_directory(network, folder)
    say("Formations : sessions, candidatures")
    offer_trainings(network)
    say("Actions collectives : des séances à venir, un cycle complet, une séance tenue")
    gather(network)
    say("Convocations : une campagne suivie, une en préparation, des courriers")
    convene(network)
    write_letters(network)
    say("Formations : listes de stagiaires de la Région, fins de formation suivies")
    follow_trainees(network, folder)
    newcomers = list(population(NEWCOMERS, today=today, first=FIRST_NEWCOMER, territory=METZ))
    ready_people = write_people(folder / f"personnes_{this.name}.xlsx", newcomers)
    ready_list = write_list(folder / f"liste_{this.name}.csv", invented, this, territory=METZ)
    with tenant(network.product()):
        open_gaps = RegistrationGap.objects.filter(state__in=("open", "acknowledged", "in_progress"))
        kinds = list(open_gaps.values_list("kind", flat=True))
        return Summary(
            people=people,
            people_created=created,
            list_lines=lines,
            gaps_open=len(kinds),
            gaps_by_kind={kind: kinds.count(kind) for kind in sorted(set(kinds))},
            referrals=Referral.objects.count(),
            notices=sum(sum(cursor.unread.values()) for cursor in NotificationCursor.objects.all()),
            ready_people=str(ready_people),
            ready_list=str(ready_list),
            ready_month=this.name,
        )


def _arrivals(invented: list[Invented], day: date, known: set[int]) -> list[Invented]:
    """Who the Département learns to know by that day; from then on they are known."""
    new = [one for one in invented if one.number not in known and arrived(one, day)]
    known.update(one.number for one in new)
    return new


def _people(network: Network, folder: Path, name: str, people: list[Invented], moment: datetime | None) -> int:
    """The table of people as an officer brings it. Gives how many files were created."""
    if not people:
        return 0
    path = write_people(folder / f"personnes_{name}.csv", people)
    return int(bring(network, "officer_metz", "people", path, now=moment).counts.get("created", 0))


def _list(network: Network, folder: Path, invented: list[Invented], month: Month, moment: datetime) -> int:
    """One month as Pôle emploi's correspondent brings it: who left, then who is there. Gives the lines read."""
    lines = 0
    for nature, path in (
        ("events", write_exits(folder / f"cessations_{month.name}.csv", invented, month) if month.index else None),
        ("complete", write_list(folder / f"inscrits_{month.name}.csv", invented, month)),
    ):
        if path and path.read_bytes().count(b"\n") > 1:
            job = bring(network, "adviser", "registration", path, month=month.first, nature=nature, now=moment)
            lines += int(job.counts.get("lines", 0))
    return lines


def _handle(network: Network, moment: datetime, *, turn: int) -> None:
    """What is done about the gaps of Metz in the week after a list: resolved, justified, seen, taken in charge."""
    with tenant(network.actor("officer_metz", moment)) as officer:
        here = RegistrationGap.objects.filter(beneficiary__territory=network.territories[METZ], state="open")
        for number, gap in enumerate(here.order_by("opened_at", "beneficiary__sort_key")[:HANDLED], start=turn):
            match number % 5:
                case 0:
                    resolve_gap(officer, gap=gap, note="Attestation d'inscription présentée au rendez-vous")
                case 1:
                    until = officer.today + timedelta(days=75)
                    justify_gap(officer, gap=gap, closing="training", until=until, note="Attestation d'entrée vue")
                case 2:
                    acknowledge_gap(officer, gap=gap)
                case 3:
                    take_charge_of_gap(officer, gap=gap)


def _portfolio(network: Network, invented: list[Invented], moment: datetime) -> None:
    """UDAF's lead gives people of Metz to the worker: first those the next list will no longer show."""
    mine = [one for one in invented if one.territory == METZ and one.track == "socio_professional"]
    chosen = sorted(mine, key=lambda one: not vanishes_next(one))[:PORTFOLIO]
    worker = network.members["udaf_worker"].user
    with tenant(network.actor("udaf_lead", moment)) as lead:
        assignments = SupportAssignment.objects.filter(
            organization=network.organizations["udaf"],
            ends_on=None,
            beneficiary__internal_id__in=[f"S{one.number:07d}" for one in chosen],
        )
        for assignment in assignments:
            name_referent(lead, assignment=assignment, referent=worker)


def _refer(network: Network, rounds: int) -> None:
    """Play every scenario, each with another person."""
    with tenant(network.product()):
        people = Beneficiary.objects.filter(territory=network.territories[METZ], rights_state="open").exclude(phone="")
        undecided = list(people.filter(track_decisions=None).order_by("sort_key")[: rounds * len(DECISIONS)])
        decided = list(people.exclude(track_decisions=None).order_by("first_key", "id")[: rounds * len(SCENARIOS) * 3])
        followed = _followed(network)
    waiting = iter(undecided)
    for _ in range(rounds):
        for decision, person in zip(DECISIONS, waiting):
            _decide(network, decision, person)
    sources = {who: iter(persons) for who, persons in followed.items()}
    taken = {person.pk for persons in followed.values() for person in persons}
    anybody = iter([person for person in decided if person.pk not in taken])
    for _ in range(rounds):
        for scenario in SCENARIOS:
            found = next(sources.get(scenario.sender, anybody), None)
            if found is not None:
                _propose(network, scenario, found)


def _followed(network: Network) -> dict[str, list[Beneficiary]]:
    """People of Metz whom UDAF's worker and Pôle emploi's adviser follow."""
    current = Beneficiary.objects.filter(territory=network.territories[METZ], assignments__ends_on=None)
    worker, pole_emploi = network.members["udaf_worker"].user, network.organizations["pole_emploi"]
    return {
        "udaf_worker": list(current.filter(assignments__referent=worker).order_by("id")[: 4 * MOST_ROUNDS]),
        "adviser": list(current.filter(assignments__organization=pole_emploi).order_by("id")[: 4 * MOST_ROUNDS]),
    }


def _decide(network: Network, plan: Decision, person: Beneficiary) -> None:
    with tenant(network.actor("social_worker", _moment(plan.decided))) as actor:
        decision = decide_track(
            actor,
            person=person,
            track=plan.track,
            decided_on=actor.today,
            effective_on=actor.today,
            designated=network.organizations[plan.designated],
            informed_on=actor.today,
        )
        referral = Referral.objects.get(decision=decision)
    _play(network, referral, plan.designated, "social_worker", plan.steps)


def _propose(network: Network, plan: Scenario, person: Beneficiary) -> None:
    with tenant(network.actor(plan.sender, _moment(plan.sent))) as actor:
        values: dict[str, Any] = {
            "person": person,
            "receiver": network.organizations[plan.receiver],
            "service": network.services.get((plan.receiver, plan.service)),
            "need": plan.need,
            "note": plan.note,
            "informed_on": actor.today,
        }
        referral = draft_referral(actor, **values) if plan.draft else send_referral(actor, **values)
    _play(network, referral, plan.receiver, plan.sender, plan.steps)


def _play(network: Network, referral: Referral, receiver: str, sender: str, steps: tuple[Step, ...]) -> None:
    for order, step in enumerate(steps, start=1):
        moment = _moment(step.ago, order)
        who = sender if step.verb in BY_SENDER else RECEIVERS[receiver]
        actor = network.product(moment) if step.verb == "expire" else network.actor(who, moment)
        arguments = step.arguments(datetime.now(PARIS).date())
        if "to" in arguments:
            arguments["to"] = network.organizations[arguments["to"]]
        with tenant(actor):
            VERBS[step.verb](actor, referral=Referral.objects.get(pk=referral.pk), **arguments)
        if step.verb in ANSWERS:
            _tell(network, referral, replace(actor, now=moment + TELLING))


def _tell(network: Network, referral: Referral, actor: Actor) -> None:
    """The hold of an answer is over; the product tells the sender (unless it was given just now: the clock will)."""
    if actor.now < datetime.now(UTC):
        with tenant(network.product(actor.now)) as product:
            release_answer(product, referral=Referral.objects.get(pk=referral.pk))


def _follow(network: Network) -> None:
    """What people do about gaps, a safe contact, and a file opened outside one's team."""
    with tenant(network.actor("officer_metz")) as officer:
        here = RegistrationGap.objects.filter(beneficiary__territory=network.territories[METZ], state="open")
        gaps = list(here.order_by("id")[:4])
        for gap in gaps[:2]:
            take_charge_of_gap(officer, gap=gap)
        for gap in gaps[2:3]:
            justify_gap(
                officer, gap=gap, closing="training", until=officer.today + timedelta(days=60), note="Attestation vue"
            )
        person = Beneficiary.objects.filter(territory=network.territories[METZ]).order_by("sort_key").first()
        if person is not None:
            contact = {"do_not_call": True, "do_not_write": False, "confidential_address": True, "contact_through": ""}
            set_safe_contact(officer, person=person, values=contact)
        elsewhere = Beneficiary.objects.filter(territory=network.territories["T57-2"]).order_by("sort_key").first()
        if elsewhere is not None:
            open_file(officer, beneficiary_id=elsewhere.pk, reason="Déménagement annoncé à Metz, préparation du suivi")


def _after(month: Month, day: int) -> datetime:
    """A working hour of that day of the following month, or now when it is still to come."""
    at = datetime.combine(add_months(month.first, 1).replace(day=day), time(10, 20), PARIS).astimezone(UTC)
    return min(at, datetime.now(UTC))


def _moment(ago: int, order: int = 0) -> datetime:
    """A working hour that many days ago, steps of one day in their order; today is now (partners see from now on)."""
    now = datetime.now(UTC)
    if not ago:
        return now
    day = (now - timedelta(days=ago)).astimezone(PARIS).date()
    return datetime.combine(day, time(9, 10 + 7 * order), PARIS).astimezone(UTC)
