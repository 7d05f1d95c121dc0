"""The second lock by itself: PostgreSQL alone, with the Python lock removed (T7, T10, T36)."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, ProtectedError

from hub.core import access
from hub.core.actor import Actor
from hub.core.gate import NestedGate, current_actor, tenant
from hub.core.guard import OutsideGate, install_guard, is_personal
from hub.core.models import AccessLog, IdempotencyKey
from referrals.models import AccessGrant, Beneficiary, GapLog, NationalNumber, Referral, ReferralLog, RegistrationGap
from tests.access.reference import Rows, expected
from tests.access.world import World, act, personas

REPOSITORY = Path(__file__).parents[2]
UNREADABLE = {AccessLog}  # insert-only: the product itself may not read it
PROTECTED = [model for model in apps.get_models() if is_personal(model) and model not in UNREADABLE]
PARTNERS = ("developer", "adviser", "udaf_lead", "trainer", "siae_worker", "charity", "charity2", "network_head")


def all_rows(world: World) -> Rows:
    """Every protected row of both Départements (as the product; idempotency keys have no reader but their user)."""
    rows: Rows = {model.__name__: [] for model in PROTECTED}
    for department in (world.cast.department, world.cast.other_department):
        with tenant(Actor.system(department.pk)):
            for model in PROTECTED:
                rows[model.__name__] += list(model._base_manager.all())
    return rows


def test_rls_second_lock(world: World):
    rows = all_rows(world)
    assert {name for name, kept in rows.items() if not kept} <= {
        "IdempotencyKey", "AbsenceExplanation", "ImportChange", "RegistrationEntry", "RegistrationStatus",
    }  # fmt: skip
    for name, actor in personas(world).items():
        wanted = expected(actor, rows)
        assert set(wanted) == {model.__name__ for model in PROTECTED}
        with tenant(actor):
            for model in PROTECTED:
                seen = set(model._base_manager.values_list("pk", flat=True))
                assert seen == wanted[model.__name__], (name, model.__name__)


def test_without_the_python_lock_foreign_rows_still_do_not_come(world: World, monkeypatch):
    rows = all_rows(world)
    for model in list(access.SCOPES):
        monkeypatch.setitem(access.SCOPES, model, lambda actor, queryset: queryset)
    for name, actor in personas(world).items():
        wanted = expected(actor, rows)
        with tenant(actor):
            for model in filter(is_personal, access.SCOPES):
                seen = set(access.visible(actor, model).values_list("pk", flat=True))
                assert seen == wanted[model.__name__], (name, model.__name__)


def test_foreign_rows_are_not_updated(world: World):
    """An UPDATE of everything touches what the actor sees and may write, never one row more."""
    rows = all_rows(world)
    for name in (*PARTNERS, "other_officer"):
        actor = act(world, name)
        wanted = expected(actor, rows)
        with tenant(actor), undone():
            for model in PROTECTED:
                try:
                    with transaction.atomic():
                        touched = model._base_manager.update(department_id=actor.department_id)
                except DatabaseError:
                    continue  # no right to UPDATE at all
                assert touched <= len(wanted[model.__name__]), (name, model.__name__)


def test_nothing_is_deleted_but_working_tables(world: World):
    deletable = {
        "ImportRow", "LineCorrection", "RegistrationStatus", "RegistrationEntry", "RegistrationMonth", "IdempotencyKey",
        "GapView", "SavedSearch",
    }  # fmt: skip
    # Those a file created, while it is taken back and no longer (see test_people_undo).
    never = {"Beneficiary", "NationalNumber", "TrackDecision", "SupportAssignment", "AccessGrant"}
    for name in ("head", "siae_worker", "system"):
        with tenant(act(world, name)), undone():
            for model in [*PROTECTED, AccessLog]:
                if model.__name__ in never:
                    assert model._base_manager.all()._raw_delete(model._base_manager.db) == 0, model
                elif model.__name__ not in deletable:
                    refused(f"DELETE FROM {model._meta.db_table}")


def test_a_partner_neither_opens_nor_extends_nor_reopens_access(world: World):
    """Spine 5: only the Département and the product write grants; a receiver does not reopen an ended one."""
    for name in PARTNERS:
        actor = act(world, name)
        with tenant(actor), undone():
            refused_save(
                AccessGrant(
                    department_id=actor.department_id, beneficiary=world.unknown, organization_id=actor.organization_id,
                    level="full", reason="x", source_kind="x", source_id=uuid.uuid4(), starts_at=actor.now,
                )
            )  # fmt: skip
            assert AccessGrant.objects.update(ends_at=None, level="full") == 0
            assert AccessGrant.objects.update(ends_at=actor.now + timedelta(days=999)) == 0
    charity = act(world, "charity")
    with tenant(charity):
        ended = AccessGrant.objects.get(beneficiary=world.refused.pk)
        assert ended.ends_at is not None and ended.ends_at <= charity.now
        assert not Beneficiary.objects.filter(pk=world.refused.pk).exists()


def test_rows_of_the_other_department_cannot_be_planted(world: World):
    """Whatever the role, a row bears the Département of its actor."""
    there = world.cast.other_department.pk
    with tenant(act(world, "head")) as actor, undone():
        refused_save(
            Beneficiary(
                department_id=there, last_name="FICTIF", first_names="X", created_at=actor.now, updated_at=actor.now
            )
        )
        refused_save(RegistrationGap(department_id=there, beneficiary=world.abroad, kind="ceased", month=actor.today,
                                     opened_at=actor.now))  # fmt: skip
        assert NationalNumber.objects.filter(department_id=there).count() == 0


def test_a_partner_plants_nothing_on_people(world: World):
    with tenant(act(world, "charity")) as actor, undone():
        here = actor.department_id
        refused_save(
            Beneficiary(department_id=here, last_name="X", first_names="X", created_at=actor.now, updated_at=actor.now)
        )
        refused_save(NationalNumber(department_id=here, beneficiary=world.unknown, cipher=b"", hash="x"))
        refused_save(RegistrationGap(department_id=here, beneficiary=world.unknown, kind="ceased", month=actor.today,
                                     opened_at=actor.now))  # fmt: skip
        refused_save(ReferralLog(department_id=here, referral=world.proposal, name="accept", source="sent", target="x",
                                 at=actor.now))  # fmt: skip
        refused_save(GapLog(department_id=here, gap=world.gap, name="resolve", source="open", target="x", at=actor.now))
        sender, receiver = world.cast.moselle, world.cast.association
        refused_save(Referral(department_id=here, beneficiary=world.unknown, nature="proposal", need="x",
                              sender=sender, receiver=receiver, created_at=actor.now))  # fmt: skip


def test_audit_append_only(world: World):
    """T36: journals and histories are written once; access logs are not even read."""
    journals = ["referrals_referrallog", "referrals_gaplog", "referrals_appointmentlog", "referrals_campaignlog"]
    journals.append("collective_actions_enrolmentlog")
    histories = [m._meta.db_table for m in PROTECTED if hasattr(m, "pgh_tracked_model")]
    assert len(histories) == 4
    for name in ("head", "system", "siae_worker"):
        with tenant(act(world, name)), undone():
            for table in [*journals, *histories, "core_accesslog"]:
                refused(f"UPDATE {table} SET department_id = department_id")
                refused(f"DELETE FROM {table}")
                refused(f"TRUNCATE {table}")
            for table in histories:
                refused(f"INSERT INTO {table} SELECT * FROM {table}")
            refused("SELECT count(*) FROM core_accesslog")
            refused("ALTER TABLE referrals_beneficiary DISABLE ROW LEVEL SECURITY")
            refused("ALTER TABLE referrals_beneficiary DISABLE TRIGGER ALL")
            refused("SET ROLE hub_owner")


def test_no_leak_pool_size_1(world: World):
    """T10: what the gate said is gone with it; only LOCAL settings are ever made."""
    with tenant(act(world, "siae_worker")):
        assert Beneficiary.objects.count() > 0
    assert current_actor() is None
    with pytest.raises(OutsideGate):
        Beneficiary.objects.count()
    assert settings_now() == [""] * 6
    connection.execute_wrappers.clear()  # the guard aside, PostgreSQL itself
    try:
        assert Beneficiary.objects.count() == 0
    finally:
        install_guard(connection=connection)
    sources = [p for p in REPOSITORY.rglob("*.py") if ".venv" not in p.parts and "tests" not in p.parts]
    session_wide = re.compile(r"set_config\([^)]*,\s*false|SET\s+(?:SESSION\s+)?app\.|SET SESSION", re.IGNORECASE)
    assert [str(p) for p in sources if session_wide.search(p.read_text())] == []


def test_a_gate_in_a_gate_is_refused(world: World):
    with tenant(act(world, "siae_worker")), pytest.raises(NestedGate), tenant(act(world, "head")):
        pass
    assert current_actor() is None


def test_an_error_leaves_no_actor_behind(world: World):
    with pytest.raises(ZeroDivisionError), tenant(act(world, "head")):
        raise ZeroDivisionError
    assert settings_now() == [""] * 6


def test_idempotency_keys_are_their_users_own(world: World):
    head = act(world, "head")
    with tenant(head):
        IdempotencyKey.objects.create(
            department_id=head.department_id, user_id=head.user_id, organization_id=head.organization_id,
            key="k", fingerprint="f", created_at=head.now,
        )  # fmt: skip
    with tenant(act(world, "officer_metz")):
        assert IdempotencyKey.objects.count() == 0
    with tenant(act(world, "head")):
        assert IdempotencyKey.objects.count() == 1


def settings_now() -> list[str]:
    names = ("role", "dept", "org", "team", "user", "now")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('app.{name}', true), '')" for name in names))
        return list(cursor.fetchone())


@contextmanager
def undone() -> Any:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused_save(row: Model) -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        row.save(force_insert=True)
