"""Row-level security by itself: what PostgreSQL refuses when Python forgets."""

import pytest
from django.apps import apps
from django.db import connection

from hub.core.guard import OutsideGate, is_personal
from referrals.models import Beneficiary

pytestmark = pytest.mark.django_db


def test_personal_tables_have_rls():
    personal = {model._meta.db_table for model in apps.get_models() if is_personal(model)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'")
        locked = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, count(*) FROM pg_policies WHERE 'hub_app' = ANY(roles) GROUP BY 1")
        with_policies = dict(cursor.fetchall())
    assert personal == locked
    assert personal == set(with_policies)


def test_every_policy_is_bound_to_a_department():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, coalesce(qual, with_check) FROM pg_policies WHERE 'hub_app' = ANY(roles)"
        )
        loose = [(table, policy) for table, policy, sql in cursor.fetchall() if "app_dept()" not in sql]
    assert loose == []


def test_models_of_people_carry_their_department():
    models = [model for model in apps.get_models() if is_personal(model)]
    assert [
        m.__name__
        for m in models
        if "department_id" not in {f.attname for f in m._meta.get_fields() if hasattr(f, "attname")}
    ] == []


def test_query_outside_the_gate_raises():
    with pytest.raises(OutsideGate):
        Beneficiary.objects.count()


def test_history_is_written_by_the_owners_triggers_only():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname LIKE 'pgtrigger%' AND NOT p.prosecdef"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_table_privilege('hub_app', %s, 'INSERT')", ["referrals_beneficiaryevent"])
        assert cursor.fetchone() == (False,)


def test_no_line_is_written_by_reading_all_that_one_may_see():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_policies WHERE 'hub_app' = ANY(roles) AND cmd = 'INSERT'"
            " AND with_check LIKE '%IN ( SELECT%'"
        )
        assert cursor.fetchall() == []
