"""One key, one effect (R4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.models import IdempotencyKey
from referrals.models import Beneficiary
from tests.api.conftest import Machine
from tests.api.test_doors import is_problem
from tests.cast import actor

BODY = {"last_name": "FICTIF", "first_names": "Zoé"}
KEY = {"Idempotency-Key": "une-cle"}


def people(cast):
    with tenant(Actor.system(cast.department.pk)):
        return Beneficiary.objects.count()


def test_the_same_key_gives_the_first_answer(cast, machine):
    caller = machine(cast.social_worker)
    first, second = (caller.post("beneficiaries/", BODY, **KEY) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.status_code == 201 and people(cast) == 1
    is_problem(caller.post("beneficiaries/", BODY | {"first_names": "Léo"}, **KEY), 409, "idempotency_conflict")
    is_problem(caller.post("referrals/", BODY, **KEY), 409, "idempotency_conflict")
    other = machine(cast.head).post("beneficiaries/", BODY | {"first_names": "Léo"}, **KEY)
    assert other.status_code == 201


def test_a_refused_request_frees_its_key(cast, machine):
    caller = machine(cast.social_worker)
    is_problem(caller.post("beneficiaries/", {"last_name": "FICTIF"}, **KEY), 400)
    assert caller.post("beneficiaries/", BODY, **KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(cast, machine):
    caller = machine(cast.social_worker)
    first = caller.post("beneficiaries/", BODY, **KEY).json()
    with tenant(actor(cast.social_worker)) as acting:
        IdempotencyKey.objects.update(created_at=acting.now - timedelta(hours=25))
    assert caller.post("beneficiaries/", BODY, **KEY).json()["id"] != first["id"]


def test_strange_keys_are_refused(cast, machine):
    is_problem(
        machine(cast.social_worker).post("beneficiaries/", BODY, **{"Idempotency-Key": "x" * 81}),
        400,
        "bad_idempotency_key",
    )


@pytest.mark.django_db(transaction=True)
def test_five_in_parallel_have_one_effect(cast):
    callers, start = [Machine(cast.social_worker) for _ in range(5)], Barrier(5)

    def once(caller):
        try:
            start.wait(timeout=20)
            return caller.post("beneficiaries/", BODY, **KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(once, callers))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert people(cast) == 1
