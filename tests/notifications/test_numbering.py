"""Numbers of one user: in the order of commits, without holes, whatever races."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications import flush, services
from notifications.models import Batch, Notification, NotificationCursor, Outbox
from notifications.selectors import changes_after, head_of
from notifications.tasks import sweep_outbox
from tests.cast import Cast, actor
from tests.notifications.facts import fact, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_committed_rows(committed: None, redis_server) -> None:
    """Races need real commits."""


def seqs(member) -> list[int]:
    """The numbers of a member's rows, in order."""
    with tenant(actor(member)):
        return [row.seq for row in changes_after(actor(member), 0).rows]


def in_thread(function: Callable[[], None]) -> None:
    """Run on a connection of its own, and close it."""
    try:
        function()
    finally:
        connection.close()


def test_two_transactions_that_commit_in_reverse_order(cast: Cast) -> None:
    """The trap of sequences: the first to begin commits last, and must not be behind a cursor already moved."""
    begun, other_done = threading.Event(), threading.Event()
    seen: list[int] = []

    def first() -> None:
        with tenant(Actor.system(cast.department.pk)):
            fact([cast.udaf_worker])
            begun.set()
            assert other_done.wait(10)

    thread = threading.Thread(target=in_thread, args=(first,))
    thread.start()
    assert begun.wait(10)
    tell(cast.udaf_worker)
    with tenant(actor(cast.udaf_worker)):
        changes = changes_after(actor(cast.udaf_worker), 0)
        seen += [row.seq for row in changes.rows]
    other_done.set()
    thread.join(10)
    with tenant(actor(cast.udaf_worker)):
        seen += [row.seq for row in changes_after(actor(cast.udaf_worker), changes.cursor).rows]
    assert seen == [1, 2]


def test_a_transaction_rolled_back_leaves_no_hole(cast: Cast) -> None:
    tell(cast.udaf_worker)
    with pytest.raises(ZeroDivisionError), tenant(Actor.system(cast.department.pk)):
        fact([cast.udaf_worker])
        raise ZeroDivisionError
    with tenant(Actor.system(cast.department.pk)):
        fact([cast.udaf_worker])
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            fact([cast.udaf_worker])
            raise ZeroDivisionError
    assert seqs(cast.udaf_worker) == [1, 2]


def test_overlapping_audiences_never_deadlock(cast: Cast) -> None:
    """Eight writers, audiences in every order, readers who mark: numbers stay whole."""
    people = [cast.udaf_worker, cast.udaf_lead, cast.charity, cast.siae_worker]

    def write(number: int) -> None:
        for turn in range(12):
            chosen = people[turn % 4 :] + people[: turn % 4]
            tell(*(chosen if number % 2 else reversed(chosen)))
            reader = actor(people[number % 4])
            with tenant(reader):
                services.mark_all_read(reader)
                fact(people)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(in_thread, lambda number=number: write(number)) for number in range(8)]:
            done.result(60)
    for person in people:
        with tenant(actor(person)):
            rows = list(Notification.objects.order_by("seq"))
        assert len(rows) == 8 * 12 * 2
        assert len({row.seq for row in rows}) == len(rows)
        cursor = NotificationCursor.objects.get(user_id=person.user_id)
        assert rows[-1].seq <= cursor.last_seq
        assert head_of(actor(person)).unread == sum(row.state == "unread" for row in rows)
    assert not Outbox.objects.exists()


def test_what_was_not_rung_is_rung_by_the_sweeper(cast: Cast, redis_server) -> None:
    redis_server.kill()
    tell(cast.udaf_worker, times=3)
    assert Outbox.objects.count() == 3
    sweep_outbox()
    assert Outbox.objects.count() == 3
    redis_server.start()
    heard = redis_server.client.pubsub()
    heard.psubscribe("*")
    assert heard.get_message(timeout=5)["type"] == "psubscribe"
    sweep_outbox()
    message = heard.get_message(timeout=5)
    assert message["channel"].decode().endswith(f"u:{cast.udaf_worker.user_id}")
    assert message["data"] == b'{"s": 3}'
    assert not Outbox.objects.exists()
    heard.close()


def test_a_large_audience_is_told_in_batches_and_never_twice(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(flush, "AUDIENCE", 2)
    people = [cast.udaf_worker, cast.udaf_lead, cast.charity, cast.siae_worker, cast.trainer]
    heard = []
    with tenant(Actor.system(cast.department.pk)):
        fact(people)
        transaction.on_commit(lambda: heard.append(Batch.objects.count()))  # before the batches are told
    assert heard == [3]
    assert not Batch.objects.exists()
    flush.tell_batches()
    assert [seqs(person) for person in people] == [[1]] * 5


def test_a_batch_forgotten_by_a_killed_process_is_told_by_the_sweeper(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(flush, "AUDIENCE", 1)
    monkeypatch.setattr(flush, "_tell_batches_now", lambda: None)
    tell(cast.udaf_worker, cast.udaf_lead, subject=uuid.uuid4())
    assert Batch.objects.count() == 2
    sweep_outbox()
    sweep_outbox()
    assert (seqs(cast.udaf_worker), seqs(cast.udaf_lead)) == ([1], [1])
