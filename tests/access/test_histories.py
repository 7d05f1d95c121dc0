"""Random histories: after every step, every member sees exactly the people a small model says, over both locks.

The model knows why somebody sees a person (territory, grant, link); it reads neither policies nor tables.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.compiled import compiled
from hub.core.gate import tenant
from referrals.models import Beneficiary, DeclaredLink, Referral
from referrals.services import referrals as services
from referrals.services.access import declare_link
from referrals.services.pathways import decide_track, void_decision
from tests.cast import Cast, actor
from tests.people import person

PEOPLE = {"metz": "57463", "thionville": "57672"}
RECEIVERS = ("siae", "association", "association2")
WORKERS = {"siae": "siae_worker", "association": "charity", "association2": "charity2"}
REFERENTS = {"udaf": "udaf_worker", "pole_emploi": "adviser"}
WATCHERS = (
    "officer_metz", "officer_thionville", "head", "admin", "udaf_worker", "guardian", "adviser", "siae_worker",
    "charity", "charity2", "trainer", "other_officer",
)  # fmt: skip
TERRITORIAL = {"officer_metz": {"metz"}, "officer_thionville": {"thionville"}, "head": {"metz", "thionville"}}
people, receivers = st.sampled_from(sorted(PEOPLE)), st.sampled_from(RECEIVERS)


@compiled
def people_seen(actor: Actor) -> QuerySet[Any, UUID]:
    return visible(actor, Beneficiary).values_list("pk", flat=True)


class Histories(RuleBasedStateMachine):
    """Referrals, designations and links on two people; time moves by an hour at every step."""

    cast: Cast  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.clock = actor(self.cast.head).now
        self.watchers = {name: actor(self.cast.members[name]) for name in WATCHERS}
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.who = {name: person(self.cast, insee=insee, by=self.cast.head) for name, insee in PEOPLE.items()}
        self.sent: list[tuple[Referral, str, str]] = []
        self.decisions: dict[str, list[tuple[object, str]]] = {name: [] for name in PEOPLE}
        # The model: (person, organisation, source) → when access ends, None while open.
        self.open: dict[tuple[str, str, object], object] = {}
        self.linked: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def act(self, name: str) -> Actor:
        self.clock += timedelta(hours=1)
        return actor(self.cast.members[name], self.clock)

    # --- what people do -----------------------------------------------------------------------------------------------

    @rule(who=people, to=receivers)
    def send(self, who: str, to: str) -> None:
        with tenant(self.act("head")) as acting:
            row = services.send_referral(
                acting, person=self.who[who], receiver=getattr(self.cast, to), need="Un emploi",
                informed_on=acting.today, duplicate_reason="Autre besoin",
            )  # fmt: skip
        self.sent.append((row, who, to))
        self.open[who, to, row.pk] = None

    def _in(self, *states: str) -> list[tuple[Referral, str, str]]:
        return [one for one in self.sent if one[0].state in states]

    def _answer(self, data: st.DataObject, states: tuple[str, ...], gesture, **values) -> tuple[Referral, str, str]:
        row, who, to = data.draw(st.sampled_from(self._in(*states)))
        with tenant(self.act(WORKERS[to])) as acting:
            gesture(acting, referral=row, **values)
        return row, who, to

    @precondition(lambda self: self._in("sent"))
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        self._answer(data, ("sent",), services.accept_referral)

    @precondition(lambda self: self._in("sent"))
    @rule(data=st.data(), back=st.booleans())
    def decline(self, data: st.DataObject, back: bool) -> None:
        row, who, to = self._answer(data, ("sent",), services.decline_referral, reason="no_place")
        self.open[who, to, row.pk] = self.clock
        if back:
            self.clock += timedelta(seconds=5)
            with tenant(actor(self.cast.members[WORKERS[to]], self.clock)) as acting:
                row.__dict__.update(services.take_back_answer(acting, referral=row).__dict__)
            self.open[who, to, row.pk] = None

    @precondition(lambda self: self._in("accepted"))
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        row, who, to = self._answer(data, ("accepted",), services.complete_referral, outcome="other")
        self.open[who, to, row.pk] = self.clock + timedelta(days=30)

    @precondition(lambda self: self._in("sent", "accepted"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        row, who, to = data.draw(st.sampled_from(self._in("sent", "accepted")))
        with tenant(self.act("head")) as acting:
            services.cancel_referral(acting, referral=row, note="Erreur")
        self.open[who, to, row.pk] = self.clock

    @precondition(lambda self: any(not made for made in self.decisions.values()))
    @rule(data=st.data(), to=st.sampled_from(sorted(REFERENTS)))
    def decide(self, data: st.DataObject, to: str) -> None:
        who = data.draw(st.sampled_from([name for name, made in self.decisions.items() if not made]))
        with tenant(self.act("head")) as acting:
            made = decide_track(
                acting, person=self.who[who], track="socio_professional", decided_on=acting.today,
                effective_on=acting.today, designated=getattr(self.cast, to), informed_on=acting.today,
            )  # fmt: skip
        self.decisions[who].append((made, to))
        self.open[who, to, made.pk] = None

    @precondition(lambda self: any(self.decisions.values()))
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from([name for name, made in self.decisions.items() if made]))
        made, to = self.decisions[who].pop()
        with tenant(self.act("head")) as acting:
            void_decision(acting, decision=made, reason="Erreur de personne")
        self.open[who, to, made.pk] = self.clock

    @rule(who=people, name=st.sampled_from(["officer_metz", "udaf_worker", "siae_worker"]))
    def declare(self, who: str, name: str) -> None:
        with tenant(self.act(name)) as acting:
            if not visible(acting, Beneficiary).filter(pk=self.who[who].pk).exists():
                return
            declare_link(acting, person=self.who[who])
        self.linked.add((name, who))

    @rule()
    def a_month_passes(self) -> None:
        self.clock += timedelta(days=31)

    # --- what must hold after every step ------------------------------------------------------------------------------

    def expected(self, name: str) -> set[str]:
        """The reference model: territory for the Département, an open access for partners, no private tie."""
        if name in TERRITORIAL:
            found = set(TERRITORIAL[name])
        else:
            organization = {worker: to for to, worker in (WORKERS | REFERENTS).items()}.get(name)
            found = {
                who for (who, to, _), ends in self.open.items()
                if to == organization and (ends is None or ends > self.clock)
            }  # fmt: skip
        return {who for who in found if (name, who) not in self.linked}

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for name, watcher in self.watchers.items():
            with tenant(replace(watcher, now=self.clock)) as acting:
                rows = set(people_seen(acting))
                links = DeclaredLink.objects.filter(user_id=acting.user_id).count()
            assert {who for who, row in self.who.items() if row.pk in rows} == self.expected(name), name
            assert len(rows) == len(self.expected(name)), name
            assert links == len([1 for who, _ in self.linked if who == name])


def test_histories(cast: Cast):
    Histories.cast = cast
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=10, stateful_step_count=12, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
