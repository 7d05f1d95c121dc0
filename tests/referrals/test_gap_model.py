"""Random histories of lists, decisions and gestures: at every step the open gaps are those of a small model.

The model is plain Python on the history alone; it reads neither tables nor plans.
"""

from __future__ import annotations

from calendar import monthrange
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.gate import tenant
from referrals.models import Beneficiary, RegistrationGap
from referrals.models.registration import OPEN_GAP_STATES
from referrals.services.explanations import explain_absence
from referrals.services.gaps import justify_gap, resolve_gap
from referrals.services.pathways import decide_track, exempt_from_registration
from referrals.services.people import update_beneficiary
from tests.cast import Cast, actor
from tests.files import bring, confirm
from tests.files import undo as take_back
from tests.referrals.registration import classic, crowd

pytestmark = pytest.mark.django_db
COUNT = 4
EXITS = ("struck_off", "ceased")
PRECEDENCE = (*EXITS, "disappeared", "not_reregistered", "never_registered")
CODES = {"90": ("ceased", True), "R2": ("struck_off", True), "11": ("ceased", False)}
SHORT = date.min
THIONVILLE = 3  # the person who lives there; the others live in Metz
Told = dict[int, tuple[date, str, str]]


@dataclass
class Heard:
    """One list applied, as the model heard it."""

    job: object
    month: date
    complete: bool
    place: str
    told: Told
    conclude: bool


@dataclass
class Model:
    """Events heard, the latest complete list each was on, open gaps as (kind, month, day of the exit)."""

    events: list[tuple[int, date, str, str]] = field(default_factory=list)
    listed: dict[int, date] = field(default_factory=dict)
    gaps: dict[int, tuple[str, date, date | None]] = field(default_factory=dict)
    quiet: set[int] = field(default_factory=set)  # justified or proven: nothing reopens
    excused: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)  # rights
    known: set[int] = field(default_factory=set)  # explained by hand
    concluded: dict[str, date] = field(default_factory=dict)  # by place; "" everywhere

    def status(self, n: int) -> tuple[str, date, str] | None:
        """The event that wins: a complete list proves a registration from the first of its month."""
        heard = [(on, state, code) for who, on, state, code in self.events if who == n]
        proven = self.listed.get(n, SHORT)
        best = max(
            heard, default=None,
            key=lambda e: (max(e[0], proven) if e[1] == "registered" else e[0], e[1] == "registered",
                           e[1] == "struck_off", e[0], e[2]),
        )  # fmt: skip
        return (best[1], best[0], best[2]) if best else None

    def wrong(self, n: int, month: date, day: date, conclude: bool) -> str | None:
        state, _, code = self.status(n) or ("", SHORT, "")
        if state in EXITS and CODES[code][1]:
            return state
        listed = self.listed.get(n, SHORT)
        if not conclude or (state == "registered" and listed >= month) or self.explained(n, day):
            return None
        if state == "registered" and listed >= (month - timedelta(days=1)).replace(day=1):
            return "disappeared"
        return "not_reregistered" if state else "never_registered"

    def explained(self, n: int, day: date) -> bool:
        state, since, code = self.status(n) or ("", SHORT, "")
        benign = state in EXITS and not CODES[code][1] and since + timedelta(days=183) >= day
        return benign or n in self.known

    def hear(self, month: date, complete: bool, place: str, told: Told, conclude: bool | None = None) -> bool:
        """Whether absence was concluded; said by the caller when the list is heard again."""
        near = [of for at, of in self.concluded.items() if "" in (at, place) or at == place]
        conclude = complete and max(near, default=SHORT) <= month if conclude is None else conclude
        self.events += [(n, *said) for n, said in told.items()]
        self.listed |= {n: max(month, self.listed.get(n, SHORT)) for n in told if complete}
        last = max([month, *self.concluded.values()])
        day = last.replace(day=monthrange(last.year, last.month)[1])
        if conclude:
            self.concluded[place] = max(month, self.concluded.get(place, SHORT))
        for n in range(COUNT):
            inside = place in ("", "thionville" if n == THIONVILLE else "metz")
            wrong = self.wrong(n, month, day, conclude and inside)
            self.follow(n, month, day, wrong, n in told, complete, inside)
        return conclude

    def follow(
        self, n: int, month: date, day: date, kind: str | None, told: bool, complete: bool, inside: bool
    ) -> None:
        state, since, _ = self.status(n) or ("", SHORT, "")
        exit_on = since if kind in EXITS else None
        if n in self.excused | self.closed:
            self.gaps.pop(n, None)
        elif n not in self.gaps:
            if kind and n not in self.quiet and (told or complete):  # events open nothing for whom they do not name
                self.gaps[n] = (kind, month, exit_on)
        else:
            former, opened, event = self.gaps[n]
            again = self.listed.get(n, SHORT) >= max(opened, month) or since >= (event or opened)
            if kind and (PRECEDENCE.index(kind) < PRECEDENCE.index(former) or (
                kind != former and state == "registered" and former in EXITS
            )):  # fmt: skip
                self.gaps[n] = (kind, opened, exit_on)
            elif kind is None and (
                (self.explained(n, day) and (inside or told)) or (state == "registered" and told and again)
            ):
                del self.gaps[n]


months = st.sampled_from([date(2026, month, 1) for month in (8, 9, 10)])
who = st.integers(0, COUNT - 1)


class Histories(RuleBasedStateMachine):
    cast: Cast  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.people = crowd(self.cast, COUNT)
        self.model = Model()
        self.heard: list[Heard] = []  # lists since anything else happened, and the model before them
        self.before = Model()
        self.by_file: dict[int, tuple[object, tuple | None]] = {}  # rights a file closed, and the gap it closed
        with tenant(Actor.system(self.cast.department.pk)):
            self.rows = list(Beneficiary.objects.order_by("internal_id"))
        self.edit(THIONVILLE, commune_id="57672")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def edit(self, n: int, **values: object) -> None:
        with tenant(actor(self.cast.officer_thionville)) as acting:
            update_beneficiary(acting, person=Beneficiary.objects.get(pk=self.rows[n].pk), values=values)

    def officer(self, n: int) -> Actor:
        return actor(self.cast.officer_thionville if n == THIONVILLE else self.cast.officer_metz)

    def something_else(self) -> None:
        """Lists before it are not taken back any more: what they did is mixed with it."""
        self.heard, self.before = [], deepcopy(self.model)

    def bring(self, content: bytes, month: date, nature: str, told: Told, place: str = "") -> None:
        given = {"territory": getattr(self.cast, place)} if place else {}
        job = confirm(self.cast.adviser, bring(
            self.cast.adviser, "registration", content, month=month, nature=nature, again=True, **given
        ))  # fmt: skip
        assert job.state == "applied"
        said = (month, nature == "complete", place, told)
        self.heard.append(Heard(job, *said, self.model.hear(*said)))

    @rule(month=months, present=st.sets(who, min_size=1), since=st.integers(-40, 20),
          place=st.sampled_from(["", "", "metz", "thionville"]))  # fmt: skip
    def complete_list(self, month: date, present: set[int], since: int, place: str) -> None:
        on = month + timedelta(days=since)
        content = classic(*(self.people[n] for n in sorted(present)), day=on)
        self.bring(content, month, "complete", dict.fromkeys(present, (on, "registered", "")), place)

    @rule(month=months, gone=st.dictionaries(who, st.sampled_from(sorted(CODES)), min_size=1), day=st.integers(0, 27))
    def events_list(self, month: date, gone: dict[int, str], day: int) -> None:
        on = month + timedelta(days=day)
        lines = ["NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;MOTIF;NIR2"]
        for n, code in sorted(gone.items()):
            pes, last, first, birth, _ = self.people[n]
            lines.append(f";{pes};{last};{first};{birth};{on:%d/%m/%Y};{code};;")
        told = {n: (on, CODES[code][0], code) for n, code in gone.items()}
        self.bring("\r\n".join([*lines, ""]).encode("cp1252"), month, "events", told)

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Any list: refused when a later one stands on it, else as if it had never been heard."""
        at = data.draw(st.integers(0, len(self.heard) - 1))
        one, later = self.heard[at], self.heard[at + 1 :]
        if any(other.conclude or other.told.keys() & one.told.keys() for other in later):
            with pytest.raises(Conflict):
                take_back(self.cast.officer_metz, one.job)
            return
        assert take_back(self.cast.officer_metz, one.job).state == "undone"
        del self.heard[at]
        self.model = deepcopy(self.before)
        for other in self.heard:
            self.model.hear(other.month, other.complete, other.place, other.told, other.conclude)

    @rule(n=who)
    def rights_closed(self, n: int) -> None:
        self.edit(n, rights_state="closed")
        self.model.closed.add(n)
        self.model.gaps.pop(n, None)
        self.something_else()

    @rule(n=who)
    def rights_open_again(self, n: int) -> None:
        self.edit(n, rights_state="open")
        self.model.closed.discard(n)
        self.something_else()

    @rule(n=who)
    def rights_closed_by_a_file(self, n: int) -> None:
        if n in self.by_file or n in self.model.closed:
            return
        _, last, first, birth, _ = self.people[n]
        lines = ("ID_CD;NOM;PRENOM;DATE DE NAISSANCE;Droits RSA", f"C{n:05d};{last};{first};{birth};rsa_clos", "")
        officer = self.cast.officer_metz
        job = confirm(officer, bring(officer, "people", "\r\n".join(lines).encode(), again=True))
        assert job.state == "applied"
        self.model.closed.add(n)
        self.by_file[n] = (job, self.model.gaps.pop(n, None))
        self.something_else()

    @precondition(lambda self: self.by_file)
    @rule(data=st.data())
    def file_taken_back(self, data: st.DataObject) -> None:
        n = data.draw(st.sampled_from(sorted(self.by_file)))
        job, gap = self.by_file.pop(n)
        assert take_back(self.cast.officer_metz, job).state == "undone"
        self.model.closed.discard(n)
        if gap and n not in self.model.gaps and n not in self.model.excused:
            self.model.gaps[n] = gap
        self.something_else()

    @rule(n=who)
    def social_track(self, n: int) -> None:
        if n in self.model.excused:
            return
        with tenant(self.officer(n)) as acting:
            decide_track(
                acting, person=self.rows[n], track="social", decided_on=date(2026, 7, 15),
                effective_on=date(2026, 7, 15), designated=self.cast.moselle, informed_on=date(2026, 7, 15),
            )  # fmt: skip
        self.excuse(n)

    @rule(n=who)
    def exemption(self, n: int) -> None:
        with tenant(self.officer(n)) as acting:
            until = acting.today + timedelta(days=90)
            exempt_from_registration(acting, person=self.rows[n], reason="studies", until=until)
        self.excuse(n)

    def excuse(self, n: int) -> None:
        self.model.excused.add(n)
        self.model.gaps.pop(n, None)
        self.something_else()

    @rule(n=who)
    def explanation(self, n: int) -> None:
        with tenant(self.officer(n)) as acting:
            explain_absence(acting, person=self.rows[n], kind="job", starts_on=date(2026, 7, 1), until=date(2027, 6, 1))
        self.model.known.add(n)
        self.something_else()

    @precondition(lambda self: self.model.gaps)
    @rule(data=st.data(), proven=st.booleans())
    def by_hand(self, data: st.DataObject, proven: bool) -> None:
        n = data.draw(st.sampled_from(sorted(self.model.gaps)))
        with tenant(self.officer(n)) as acting:
            gap = RegistrationGap.objects.get(beneficiary=self.rows[n], state__in=OPEN_GAP_STATES)
            if proven:
                resolve_gap(acting, gap=gap, note="Attestation vue")
            else:
                justify_gap(acting, gap=gap, closing="employment", until=acting.today + timedelta(days=60))
        del self.model.gaps[n]
        self.model.quiet.add(n)
        self.something_else()

    @invariant()
    def open_gaps_are_those_of_the_model(self) -> None:
        with tenant(Actor.system(self.cast.department.pk)):
            found = RegistrationGap.objects.filter(state__in=OPEN_GAP_STATES).values_list("beneficiary", "kind")
            numbers = {row.pk: n for n, row in enumerate(self.rows)}
            assert {numbers[pk]: kind for pk, kind in found} == {n: gap[0] for n, gap in self.model.gaps.items()}


def test_open_gaps_are_those_of_the_model(cast: Cast):
    Histories.cast = cast
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
