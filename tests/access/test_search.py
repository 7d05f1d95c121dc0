"""A search by an index, inside the second lock; and what pages run is compiled once, whoever asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, connections

from hub.core.compiled import Several, prove
from hub.core.gate import tenant
from referrals import disclosure
from referrals.models import Beneficiary
from referrals.policies.people import count_people, people_of
from referrals.selectors import people
from referrals.selectors.people_filters import Asked, asked
from tests.access.world import World, act, personas

FILTERS: tuple[dict[str, Any], ...] = (
    {}, {"q": "essai"}, {"q": "dupre marie"}, {"q": "1234567"}, {"track": "social"}, {"show": ["mine"]},
    {"show": ["no_referent"]}, {"show": ["open_referral"]}, {"show": ["open_gap"]},
)  # fmt: skip


def named(words: list[str]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_named(%s)", [words])
        return {pk for (pk,) in cursor.fetchall()}


def test_the_index_of_names_answers_what_the_second_lock_shows(world: World):
    """Without the Python lock: every name, part of a name, or how one of its words begins, for everybody."""
    for who, actor in personas(world).items():
        with tenant(actor):
            seen = dict(Beneficiary.objects.values_list("pk", "search_key"))
            for word in ("fic", "ict", "fictif"):
                assert named([word]) == {pk for pk, key in seen.items() if word in key}, (who, word)
            for start in ("a", "fi", "am", "ct", "e"):
                assert named([start]) == {pk for pk, key in seen.items() if begins(key, start)}, (who, start)
            assert named(["fi", "ict"]) == {pk for pk, key in seen.items() if begins(key, "fi") and "ict" in key}


def begins(key: str, start: str) -> bool:
    return any(word.startswith(start) for word in re.split(r"[^a-z0-9]+", key))


@pytest.mark.django_db(databases=["default", "owner"])
def test_one_or_two_letters_are_found_by_the_index_of_names():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM referrals_beneficiary b WHERE name_grams(b.search_key) @> "
            "ARRAY(SELECT unnest(word_grams(w)) FROM unnest(ARRAY['fi']) w)"
        )
        assert "person_name_grams" in str(cursor.fetchall())


def test_signs_are_no_wildcards_beyond_what_one_may_see(world: World):
    with tenant(act(world, "charity")):
        assert named(["%"]) <= set(Beneficiary.objects.values_list("pk", flat=True))


def test_the_index_is_the_products_alone(world: World):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proacl::text FROM pg_proc WHERE proname = 'people_named' AND prosecdef AND proconfig IS NOT NULL"
        )
        ((rights,),) = cursor.fetchall()
    assert "hub_app=X" in rights and "{=X" not in rights and ",=X" not in rights


@pytest.mark.parametrize("filters", FILTERS)
def test_every_question_to_the_list_is_compiled_once(world: World, filters: dict[str, Any]):
    ids = Several([world.helped.pk, world.unknown.pk])
    for who, actor in personas(world).items():
        with tenant(actor):
            chosen = asked(filters)
            for build, values in (
                (people._rows, (chosen, None)), (people._number, (chosen,)), (people._facts, (ids, Several())),
                (disclosure._ranks, (ids,)),
            ):  # fmt: skip
                assert prove(build.__wrapped__, actor, *values) is not None, (who, build.__name__)  # type: ignore[attr-defined]


def test_a_later_question_has_its_own_words(world: World):
    for actor in personas(world).values():
        with tenant(actor):
            everybody = people_of(actor, Beneficiary.objects.all())
            keys = [key.split(" ")[0] for key in everybody.values_list("search_key", flat=True)]
            for word in [*keys, "zzzz", *keys]:
                found = people.people_list(actor, {"q": word})
                direct = people.filtered(actor, asked({"q": word})).order_by(*people.ORDER)
                assert [line.person.pk for line in found.lines] == [one.pk for one in direct[: people.PAGE_SIZE]]
                assert found.total == direct.count()
            assert people.people_list(actor, {"q": "'- "}).total == 0
            assert count_people(actor) == everybody.count()


def test_a_question_without_filter_asks_nothing():
    assert asked({"q": "  ", "show": []}) == Asked()
