"""Delivery under faults: each user is shown 1..N exactly once and in order, whatever is killed."""

from __future__ import annotations

import json
import socket as sockets
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hub.core.topics import topic_token
from hub.core.volatile import redis
from notifications.doorbells import publish, topic_channel
from notifications.models import Outbox
from notifications.tasks import sweep_outbox
from tests.cast import Cast
from tests.notifications.facts import tell
from tests.notifications.listeners import Listener, cookie_of, socket
from tests.notifications.servers import ROOT, LiveServer, RedisServer, eventually

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def whole(listener: Listener, last: int) -> None:
    """The listener was shown 1..last, once each, in order."""
    eventually(lambda: len(listener.shown) >= last, within=20)
    assert listener.seqs == list(range(1, last + 1))


def test_redis_killed_while_notices_are_written(live: LiveServer, redis_server: RedisServer, cast: Cast) -> None:
    """1 and 2: transactions commit, nothing is lost, the live process and its clients stay as they are."""
    with Listener(live, cookie_of(cast.udaf_worker)) as worker, Listener(live, cookie_of(cast.udaf_lead)) as lead:
        tell(cast.udaf_worker, cast.udaf_lead, times=5)
        redis_server.kill()
        begun = time.monotonic()
        tell(cast.udaf_worker, cast.udaf_lead, times=40)
        slowest = (time.monotonic() - begun) / 40
        redis_server.start()
        whole(worker, 45)
        whole(lead, 45)
        tell(cast.udaf_worker, cast.udaf_lead, times=5)
        whole(worker, 50)
        whole(lead, 50)
        assert worker.connections == lead.connections == 1
    assert slowest < 1  # a request waits for the publish timeout at most
    sweep_outbox()
    assert not Outbox.objects.exists()


def test_a_blip_of_the_subscription(live: LiveServer, redis_server: RedisServer, cast: Cast) -> None:
    """3: messages published while the subscriber's connection is down for an instant."""
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        for _ in range(5):
            tell(cast.udaf_worker, times=3)
            redis_server.client.client_kill_filter(_type="pubsub")
            tell(cast.udaf_worker, times=3)
            time.sleep(0.15)
        whole(listener, 30)
        assert listener.connections == 1


def test_topics_are_heard_again_after_a_blip(live: LiveServer, redis_server: RedisServer, cast: Cast) -> None:
    """A topic frame may be lost in the break: every page that follows it is told to look again."""
    listener = Listener(live, cookie_of(cast.udaf_worker))
    listener.tokens = [topic_token("referral", "one")]
    with listener:
        redis_server.client.client_kill_filter(_type="pubsub")
        eventually(lambda: [one["topic"] for one in listener.pulses] == ["referral:one"])


def victim(live: LiveServer, cast: Cast, instant: str) -> None:
    member = cast.udaf_worker
    ids = [str(one) for one in (member.user_id, member.organization_id, member.department_id)]
    done = subprocess.run([sys.executable, "-m", "tests.faults.victim", instant, *ids], cwd=ROOT, env=live.environment)
    assert done.returncode == -9


def test_a_worker_killed_between_commit_and_publish(live: LiveServer, cast: Cast, settings) -> None:
    """4: the sweeper rings; without it the heartbeat would."""
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        tell(cast.udaf_worker)
        victim(live, cast, "after")
        assert Outbox.objects.count() == 1
        sweep_outbox()
        whole(listener, 2)
    assert not Outbox.objects.exists()


def test_a_worker_killed_inside_its_transaction(live: LiveServer, cast: Cast) -> None:
    """5: no row, no doorbell, no number; the same work done again is told once."""
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        victim(live, cast, "inside")
        assert not Outbox.objects.exists()
        tell(cast.udaf_worker)
        whole(listener, 1)


def test_the_live_process_killed_with_its_clients(live: LiveServer, cast: Cast) -> None:
    """6: everybody comes back with a cursor and misses nothing of what was told meanwhile."""
    people = [cast.udaf_worker, cast.udaf_lead, cast.charity, cast.siae_worker, cast.trainer]
    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(live, cookie)) for cookie in map(cookie_of, people) for _ in range(4)]
        tell(*people, times=5)
        eventually(lambda: all(len(one.shown) >= 2 for one in listeners))
        live.kill()
        tell(*people, times=20)
        live.start()
        tell(*people, times=5)
        for listener in listeners:
            whole(listener, 30)
            assert listener.connections == 2


def test_a_client_that_does_not_read(live: LiveServer, cast: Cast) -> None:
    """7: it is sent away with 4008, the others hear everything meanwhile, memory stays bounded; it comes back whole."""
    topic = "noise:" + "x" * 4000
    cookie = cookie_of(cast.udaf_worker)
    parts = urlsplit(live.origin)
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.connect((parts.hostname, parts.port))
    with Listener(live, cookie_of(cast.udaf_lead)) as other, socket(live, cookie, sock=narrow, max_queue=1) as stalled:
        stalled.send(json.dumps({"op": "follow", "tokens": [topic_token("noise", "x" * 4000)]}))
        eventually(lambda: followed(live, topic))
        before = live.memory
        for _ in range(40):
            publish([(topic_channel(topic), '{"v": 1}')] * 100)
            tell(cast.udaf_lead)
        whole(other, 40)
        assert other.connections == 1
        assert live.memory - before < 24 * 1024 * 1024  # 16 MB were published, a queue holds 1 MB
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                stalled.recv(timeout=20)
        assert closed.value.rcvd.code == 4008
        tell(cast.udaf_worker, times=3)
    with Listener(live, cookie) as back:
        whole(back, 3)


def followed(live: LiveServer, topic: str) -> bool:
    """Does the live process listen to this topic?"""
    return redis().pubsub_numsub(topic_channel(topic))[0][1] == 1


def test_a_right_withdrawn_while_away(live: LiveServer, cast: Cast) -> None:
    """11: what was told to a member before he left is not replayed to him."""
    cookie = cookie_of(cast.udaf_worker)
    with Listener(live, cookie) as listener:
        tell(cast.udaf_worker)
        whole(listener, 1)
    tell(cast.udaf_worker, times=3)
    other = type(cast.udaf_worker).objects.create(
        user=cast.udaf_worker.user, organization=cast.siae, department=cast.department
    )
    cast.udaf_worker.active = False
    cast.udaf_worker.save()
    with Listener(live, cookie) as elsewhere:  # he still acts for another organisation: nothing of the first one
        tell(other)
        eventually(lambda: elsewhere.shown)
        assert [frame["seq"] for frame in elsewhere.shown] == [5]
    other.active = False
    other.save()
    with pytest.raises(InvalidStatus), socket(live, cookie):
        pass
