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
from hub.core.gate import tenant
from referrals.models import Beneficiary, RegistrationGap
from referrals.models.registration import OPEN_GAP_STATES
from referrals.services.explanations import explain_absence
from referrals.services.gaps import justify_gap, resolve_gap
from referrals.services.pathways import decide_track, exempt_from_registration
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
Told = dict[int, tuple[date, str, str]]


@dataclass
class Model:
    """Events heard, the latest complete list each was on, open gaps as (kind, month, day of the exit)."""

    events: list[tuple[int, date, str, str]] = field(default_factory=list)
    listed: dict[int, date] = field(default_factory=dict)
    gaps: dict[int, tuple[str, date, date | None]] = field(default_factory=dict)
    quiet: set[int] = field(default_factory=set)  # justified or proven: nothing reopens
    excused: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)  # explained by hand
    concluded: date = SHORT

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

    def hear(self, month: date, complete: bool, told: Told) -> None:
        conclude = complete and self.concluded <= month
        self.events += [(n, *said) for n, said in told.items()]
        self.listed |= {n: max(month, self.listed.get(n, SHORT)) for n in told if complete}
        last = max(month, self.concluded)
        day = last.replace(day=monthrange(last.year, last.month)[1])
        self.concluded = max(self.concluded, month) if conclude else self.concluded
        for n in range(COUNT):
            self.follow(n, month, day, self.wrong(n, month, day, conclude), n in told)

    def follow(self, n: int, month: date, day: date, kind: str | None, told: bool) -> None:
        state, since, _ = self.status(n) or ("", SHORT, "")
        exit_on = since if kind in EXITS else None
        if n in self.excused:
            self.gaps.pop(n, None)
        elif n not in self.gaps:
            if kind and n not in self.quiet:
                self.gaps[n] = (kind, month, exit_on)
        else:
            former, opened, event = self.gaps[n]
            again = self.listed.get(n, SHORT) >= max(opened, month) or since >= (event or opened)
            if kind and (PRECEDENCE.index(kind) < PRECEDENCE.index(former) or (
                kind != former and state == "registered" and former in EXITS
            )):  # fmt: skip
                self.gaps[n] = (kind, opened, exit_on)
            elif kind is None and (self.explained(n, day) or (state == "registered" and told and again)):
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
        self.last = None  # the list just applied, and the model before it
        with tenant(Actor.system(self.cast.department.pk)):
            self.rows = list(Beneficiary.objects.order_by("internal_id"))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def bring(self, content: bytes, month: date, nature: str, told: Told) -> None:
        before = deepcopy(self.model)
        job = confirm(self.cast.adviser, bring(
            self.cast.adviser, "registration", content, month=month, nature=nature, again=True
        ))  # fmt: skip
        assert job.state == "applied"
        self.model.hear(month, nature == "complete", told)
        self.last = (job, before)

    @rule(month=months, present=st.sets(who, min_size=1), since=st.integers(-40, 20))
    def complete_list(self, month: date, present: set[int], since: int) -> None:
        on = month + timedelta(days=since)
        content = classic(*(self.people[n] for n in sorted(present)), day=on)
        self.bring(content, month, "complete", dict.fromkeys(present, (on, "registered", "")))

    @rule(month=months, gone=st.dictionaries(who, st.sampled_from(sorted(CODES)), min_size=1), day=st.integers(0, 27))
    def events_list(self, month: date, gone: dict[int, str], day: int) -> None:
        on = month + timedelta(days=day)
        lines = ["NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;MOTIF;NIR2"]
        for n, code in sorted(gone.items()):
            pes, last, first, birth, _ = self.people[n]
            lines.append(f";{pes};{last};{first};{birth};{on:%d/%m/%Y};{code};;")
        told = {n: (on, CODES[code][0], code) for n, code in gone.items()}
        self.bring("\r\n".join([*lines, ""]).encode("cp1252"), month, "events", told)

    @precondition(lambda self: self.last is not None)
    @rule()
    def undo(self) -> None:
        job, before = self.last
        take_back(self.cast.officer_metz, job)
        self.model, self.last = before, None

    @rule(n=who)
    def social_track(self, n: int) -> None:
        if n in self.model.excused:
            return
        with tenant(actor(self.cast.officer_metz)) as acting:
            decide_track(
                acting, person=self.rows[n], track="social", decided_on=date(2026, 7, 15),
                effective_on=date(2026, 7, 15), designated=self.cast.moselle, informed_on=date(2026, 7, 15),
            )  # fmt: skip
        self.excuse(n)

    @rule(n=who)
    def exemption(self, n: int) -> None:
        with tenant(actor(self.cast.officer_metz)) as acting:
            until = acting.today + timedelta(days=90)
            exempt_from_registration(acting, person=self.rows[n], reason="studies", until=until)
        self.excuse(n)

    def excuse(self, n: int) -> None:
        self.model.excused.add(n)
        self.model.gaps.pop(n, None)
        self.last = None

    @rule(n=who)
    def explanation(self, n: int) -> None:
        with tenant(actor(self.cast.officer_metz)) as acting:
            explain_absence(acting, person=self.rows[n], kind="job", starts_on=date(2026, 7, 1), until=date(2027, 6, 1))
        self.model.known.add(n)
        self.last = None

    @precondition(lambda self: self.model.gaps)
    @rule(data=st.data(), proven=st.booleans())
    def by_hand(self, data: st.DataObject, proven: bool) -> None:
        n = data.draw(st.sampled_from(sorted(self.model.gaps)))
        with tenant(actor(self.cast.officer_metz)) as acting:
            gap = RegistrationGap.objects.get(beneficiary=self.rows[n], state__in=OPEN_GAP_STATES)
            if proven:
                resolve_gap(acting, gap=gap, note="Attestation vue")
            else:
                justify_gap(acting, gap=gap, closing="employment", until=acting.today + timedelta(days=60))
        del self.model.gaps[n]
        self.model.quiet.add(n)
        self.last = None

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
            max_examples=15, stateful_step_count=10, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
