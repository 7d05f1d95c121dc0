"""Compiled once per shape of actor, a queryset gives what it gives compiled for each actor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Model, Q, QuerySet

from hub.core import compiled as module
from hub.core.access import SCOPES, find, visible
from hub.core.actor import Actor
from hub.core.compiled import compiled, prove
from hub.core.gate import tenant
from partners.models import Organization
from referrals.models import Beneficiary, Referral
from tests.access.world import World, act, personas
from tests.cast import Cast


@compiled
def everything(actor: Actor, model: type[Model]) -> QuerySet[Any]:
    return visible(actor, model).order_by("pk")


def test_every_scope_can_be_kept_and_is_then_the_scope_itself_for_every_persona(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    alone = set()

    def watched(build: Any, actor: Actor, model: type[Model]) -> Any:
        statement = prove(build, actor, model)
        alone.update({model.__name__} if statement is None else ())
        return statement

    monkeypatch.setattr(module, "prove", watched)
    for actor in _each(world):
        for model in SCOPES:
            made, again = everything(actor, model), everything(actor, model)
            assert made == again == list(visible(actor, model).order_by("pk")), (actor, model)
    assert alone == set()


def test_a_later_call_has_its_own_person_instant_and_territories(world: World):
    with tenant(act(world, "social_worker")) as actor:
        elsewhere = replace(actor, territories=frozenset(uuid4() for _ in actor.territories), team_id=uuid4())
        assert find(actor, Beneficiary, world.helped.pk) == world.helped
        assert find(actor, Beneficiary, world.unknown.pk) is None
        assert find(elsewhere, Beneficiary, world.helped.pk) is None
    with tenant(act(world, "udaf_worker")) as actor:
        grants = visible(actor, Beneficiary)
        later = replace(actor, now=actor.now - timedelta(days=4000))
        assert everything(actor, Beneficiary) == list(grants.order_by("pk"))
        assert everything(later, Beneficiary) == []


def test_joined_rows_come_with_the_row(world: World, django_assert_num_queries: Any):
    with tenant(act(world, "social_worker")) as actor:
        for _ in range(2):
            with django_assert_num_queries(1):
                found = find(actor, Referral, world.designation.pk, "receiver", "receiver_team")
                assert found is not None and found.receiver.name and found.receiver_team is None


@pytest.mark.parametrize("pk", ["", "x", "7"])
def test_a_malformed_id_is_nobodys(cast: Cast, pk: str):
    with tenant(_member(cast)) as actor:
        assert find(actor, Organization, pk) is None


def test_columns_alone_can_be_asked_for(cast: Cast):
    @compiled
    def names(actor: Actor, pk: UUID) -> QuerySet[Any, str]:
        return visible(actor, Organization).filter(pk=pk).values_list("name", flat=True)

    with tenant(_member(cast)) as actor:
        for one in (cast.udaf, cast.pole_emploi, cast.udaf):
            assert names(actor, one.pk) == [one.name]


def test_what_derives_a_value_is_compiled_each_time(cast: Cast):
    @compiled
    def spelled(actor: Actor, pk: UUID) -> QuerySet[Organization]:
        return Organization.objects.filter(Q(pk=pk) | Q(name=str(pk)))

    with tenant(_member(cast)) as actor:
        assert [spelled(actor, one.pk) for one in (cast.udaf, cast.pole_emploi)] == [[cast.udaf], [cast.pole_emploi]]


def test_shapes_do_not_pile_up(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST", 2)
    built = []

    @compiled
    def called(actor: Actor, name: str) -> QuerySet[Organization]:
        built.append(name)
        return visible(actor, Organization).filter(name=name)

    with tenant(_member(cast)) as actor:
        for name in ("a", "b", "a", "c", "a"):
            assert called(actor, name) == []
    assert built == ["a", "a", "b", "b", "c", "c", "a", "a"]


def test_rows_prefetched_are_refused(cast: Cast):
    @compiled
    def teams(actor: Actor) -> QuerySet[Organization]:
        return visible(actor, Organization).prefetch_related("teams")

    with tenant(_member(cast)) as actor, pytest.raises(TypeError):
        teams(actor)


def _member(cast: Cast) -> Actor:
    return Actor.system(cast.department.pk)


def _each(world: World) -> Any:
    for actor in personas(world).values():
        with tenant(actor):
            yield actor
