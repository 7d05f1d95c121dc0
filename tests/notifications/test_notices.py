"""What becomes of notices: grouped, read, done, settled; seen by their owner alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.errors import NotVisible
from hub.core.gate import tenant
from notifications import services
from notifications.catalogue import KINDS, Kind, Settled, announce
from notifications.journal import write
from notifications.models import Notification
from notifications.selectors import changes_after, head_of
from tests.cast import Cast, actor
from tests.notifications.facts import Numbered, fact, tell

pytestmark = pytest.mark.django_db


def rows(member) -> list[Notification]:
    """A member's rows, in the order of their numbers."""
    with tenant(actor(member)):
        return changes_after(actor(member), 0).rows


def do(member, verb: str, ids: list) -> None:
    with tenant(actor(member)) as who:
        services.mark(who, verb=verb, ids=ids)


def test_facts_on_one_subject_are_one_line(cast: Cast) -> None:
    subject = uuid.uuid4()
    tell(cast.udaf_worker, subject=subject)
    tell(cast.udaf_worker)
    tell(cast.udaf_worker, subject=subject, times=2)
    other, grouped = rows(cast.udaf_worker)
    assert (other.seq, other.count) == (2, 1)
    assert (grouped.seq, grouped.count, grouped.subject_id) == (4, 3, subject)
    assert head_of(actor(cast.udaf_worker)).unread == 2


def test_a_read_line_comes_back_unread_with_the_new_count_only(cast: Cast) -> None:
    subject = uuid.uuid4()
    tell(cast.udaf_worker, subject=subject, times=2)
    do(cast.udaf_worker, "done", [rows(cast.udaf_worker)[0].pk])
    assert head_of(actor(cast.udaf_worker)).unread == 0
    tell(cast.udaf_worker, subject=subject)
    (line,) = rows(cast.udaf_worker)
    assert (line.state, line.count, line.seq) == ("unread", 1, 4)
    assert head_of(actor(cast.udaf_worker)).unread == 1


def test_reading_is_a_change_with_a_number(cast: Cast) -> None:
    tell(cast.udaf_worker, times=2)
    first, second = rows(cast.udaf_worker)
    do(cast.udaf_worker, "read", [first.pk])
    do(cast.udaf_worker, "read", [first.pk])  # already so: no change, no number
    assert [(row.pk, row.seq, row.state) for row in rows(cast.udaf_worker)] == [
        (second.pk, 2, "unread"),
        (first.pk, 3, "read"),
    ]
    do(cast.udaf_worker, "unread", [first.pk])
    assert head_of(actor(cast.udaf_worker)).unread == 2


def test_all_read_is_undone_at_once_and_touches_nothing_else(cast: Cast) -> None:
    tell(cast.udaf_worker, times=3)
    kept = rows(cast.udaf_worker)[0]
    do(cast.udaf_worker, "read", [kept.pk])
    with tenant(actor(cast.udaf_worker)) as who:
        assert services.mark_all_read(who) == 2
    assert head_of(actor(cast.udaf_worker)).unread == 0
    with tenant(actor(cast.udaf_worker)) as later:
        services.undo(later, at=who.now)
    assert head_of(actor(cast.udaf_worker)).unread == 2
    assert {row.pk for row in rows(cast.udaf_worker) if row.state == "read"} == {kept.pk}


def test_a_settled_subject_waits_for_nobody(cast: Cast) -> None:
    subject = uuid.uuid4()
    tell(cast.udaf_worker, cast.udaf_lead, subject=subject)
    system = Actor.system(cast.department.pk)
    with tenant(system):
        changes = write(system.department_id, system.now, settled=[Settled(kind="gap_opened", subject_id=subject)])
    assert {(change.state, change.unread) for change in changes} == {("solved", 0)}
    assert [row.state for row in rows(cast.udaf_lead)] == ["solved"]


def test_told_and_read_in_one_transaction(cast: Cast) -> None:
    subject = uuid.uuid4()
    tell(cast.udaf_worker, subject=subject)
    with tenant(actor(cast.udaf_worker)) as who:
        services.mark_all_read(who)
        fact([cast.udaf_worker], subject=subject)
    (line,) = rows(cast.udaf_worker)
    assert (line.seq, line.state) == (2, "read")
    assert head_of(actor(cast.udaf_worker)).unread == 0


def test_notices_are_seen_by_their_owner_alone_second_lock(cast: Cast) -> None:
    """Without the Python lock: not by a colleague, not by the Département, not by another Département."""
    tell(cast.udaf_worker, times=2)
    seen = {}
    for name in ("udaf_worker", "udaf_lead", "officer_metz", "head", "other_officer"):
        with tenant(actor(getattr(cast, name))):
            seen[name] = Notification.objects.count()
    assert seen == {"udaf_worker": 2, "udaf_lead": 0, "officer_metz": 0, "head": 0, "other_officer": 0}


def test_a_user_of_two_organisations_sees_one_at_a_time(cast: Cast) -> None:
    """Numbers are per user, lists and counts per organisation; a change elsewhere moves the cursor silently."""
    second = type(cast.udaf_worker).objects.create(
        user=cast.udaf_worker.user, organization=cast.siae, department=cast.department
    )
    tell(cast.udaf_worker)
    tell(second, times=2)
    with tenant(actor(cast.udaf_worker)) as here:
        changes = changes_after(here, 0)
    assert ([row.seq for row in changes.rows], changes.cursor, changes.head.unread) == ([1], 3, 1)
    assert head_of(actor(second)).unread == 2


def test_only_own_notices_can_be_marked(cast: Cast) -> None:
    tell(cast.udaf_worker)
    foreign = rows(cast.udaf_worker)[0].pk
    for pk in (foreign, uuid.uuid4()):
        with pytest.raises(NotVisible):
            do(cast.udaf_lead, "read", [pk])
    assert rows(cast.udaf_worker)[0].state == "unread"


def test_telling_costs_the_same_number_of_queries_for_one_and_for_many(cast: Cast) -> None:
    counts = []
    for people in ([cast.udaf_worker], list(cast.members.values())[:15]):
        with CaptureQueriesContext(connection) as queries:
            tell(*[one for one in people if one.department_id == cast.department.pk])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_replay_costs_two_queries(cast: Cast) -> None:
    tell(cast.udaf_worker, times=5)
    with tenant(actor(cast.udaf_worker)) as who, CaptureQueriesContext(connection) as queries:
        assert len(changes_after(who, 1).rows) == 4
    assert len(queries) == 2


def test_the_clock_is_the_actor_s(cast: Cast) -> None:
    then = datetime.now(UTC) - timedelta(days=400)
    tell(cast.udaf_worker, now=then)
    (line,) = rows(cast.udaf_worker)
    assert line.created_at == line.changed_at == then


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"icon": ""},
        {"title": "{person} vous attend"},
        {"titles": {"declined": "Refusé : {reason}"}},
        {"code": "referral_sent"},
    ],
)
def test_an_incomplete_kind_fails_at_import(wrong: dict) -> None:
    complete = {
        "code": "kind_of_test", "label": "Essai", "title": "Un essai", "plural": "{count} essais", "icon": "bell",
        "url_name": "essai", "list_url_name": "essais", "can_be_muted": True,
    }  # fmt: skip
    with pytest.raises(ValueError, match="kind of notice"):
        Kind(**(complete | wrong))
    assert "kind_of_test" not in KINDS


def test_an_event_is_announced_by_one_function_only() -> None:
    with pytest.raises(ValueError, match="twice"):
        announce(Numbered)(lambda events: [])
