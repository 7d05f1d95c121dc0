"""The socket: what a signed-in member hears, and nobody else."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.topics import topic_token, touch
from notifications.doorbells import publish, user_channel
from notifications.models import NotificationCursor
from notifications.services import issue_ticket
from partners.models import User
from partners.services.tokens import create_token, revoke_token
from tests.cast import Cast, actor, client
from tests.notifications.facts import fact, tell
from tests.notifications.listeners import Listener, cookie_of, frames, headers, numbers, socket
from tests.notifications.servers import LiveServer, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_change_once_and_in_order(live: LiveServer, cast: Cast) -> None:
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        tell(cast.udaf_worker, times=30)
        eventually(lambda: len(listener.shown) >= 30)
        assert listener.seqs == list(range(1, 31))
        assert listener.shown[-1]["unread"] == 30
        assert listener.connections == 1


def test_what_was_missed_comes_first(live: LiveServer, cast: Cast) -> None:
    tell(cast.udaf_worker, times=5)
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        connection.send(json.dumps({"op": "resume", "cursor": 2}))
        found = frames(connection, until=5)
        tell(cast.udaf_worker, times=2)
        assert numbers(found + frames(connection, until=7)) == [3, 4, 5, 6, 7]


def test_a_client_that_says_nothing_hears_from_now_on(live: LiveServer, cast: Cast) -> None:
    tell(cast.udaf_worker, times=3)
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        said = (json.loads(connection.recv(timeout=10)) for _ in range(20))  # a heartbeat may come first
        assert next(one for one in said if one["op"] == "resumed") | {"epoch": ""} == {
            "op": "resumed", "head": 3, "epoch": "", "unread": 3,
        }  # fmt: skip
        tell(cast.udaf_worker)
        assert numbers(frames(connection, until=4)) == [4]


def test_frames_carry_numbers_and_codes_only(live: LiveServer, cast: Cast) -> None:
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        connection.send(json.dumps({"op": "resume", "cursor": 0}))
        tell(cast.udaf_worker)
        frame = next(one for one in frames(connection, until=1) if "seq" in one)
    assert set(frame) == {"seq", "kind", "id", "unread", "state"}
    assert (frame["seq"], frame["kind"], frame["unread"], frame["state"]) == (1, "gap_opened", 1, "unread")
    assert uuid.UUID(frame["id"])


def test_more_than_200_missed_is_a_reset(live: LiveServer, cast: Cast) -> None:
    with tenant(Actor.system(cast.department.pk)):
        for _ in range(201):
            fact([cast.udaf_worker])
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        connection.send(json.dumps({"op": "resume", "cursor": 0}))
        said = json.loads(connection.recv(timeout=10))
        assert (said["op"], said["head"], said["unread"]) == ("reset", 201, 201)
        tell(cast.udaf_worker)
        assert numbers(frames(connection, until=202)) == [202]


def test_numbers_that_went_back_are_a_reset(live: LiveServer, cast: Cast) -> None:
    """A restored backup: the client is ahead of the database, or of another epoch."""
    tell(cast.udaf_worker, times=3)
    cookie = cookie_of(cast.udaf_worker)
    epoch = str(NotificationCursor.objects.get(user_id=cast.udaf_worker.user_id).epoch)
    for stand in ({"cursor": 9, "epoch": epoch}, {"cursor": 2, "epoch": str(uuid.uuid4())}):
        with socket(live, cookie) as connection:
            connection.send(json.dumps({"op": "resume", **stand}))
            said = json.loads(connection.recv(timeout=10))
            assert (said["op"], said["head"], said["epoch"]) == ("reset", 3, epoch)


def test_a_lost_doorbell_is_healed_by_the_next_one_and_by_the_heartbeat(live: LiveServer, cast: Cast, settings) -> None:
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        tell(cast.udaf_worker)
        eventually(lambda: listener.seqs == [1])
        heard, settings.CHANNEL_PREFIX = settings.CHANNEL_PREFIX, "elsewhere"
        tell(cast.udaf_worker, times=2)  # nobody hears these doorbells
        settings.CHANNEL_PREFIX = heard
        tell(cast.udaf_worker)
        eventually(lambda: listener.seqs == [1, 2, 3, 4])
        settings.CHANNEL_PREFIX = "elsewhere"
        tell(cast.udaf_worker)  # the last one lost, nothing after it
        settings.CHANNEL_PREFIX = heard
        eventually(lambda: listener.seqs == [1, 2, 3, 4, 5])


def test_doorbells_that_overtake_each_other_or_repeat(live: LiveServer, cast: Cast) -> None:
    channel = user_channel(cast.udaf_worker.user_id)
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        for _ in range(20):
            tell(cast.udaf_worker)
            publish([(channel, json.dumps({"s": seq})) for seq in (listener.cursor + 1, 1, listener.cursor)])
        eventually(lambda: len(listener.shown) >= 20)
        time.sleep(0.3)
        assert listener.seqs == list(range(1, 21))


def test_a_topic_is_followed_with_a_signed_token_only(live: LiveServer, cast: Cast) -> None:
    key = uuid.uuid4()
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        connection.send(json.dumps({"op": "follow", "tokens": [topic_token("referral", key), "referral:other"]}))
        wait_until_heard(connection)
        with tenant(actor(cast.officer_metz)):
            touch(cast.department.pk, "referral", key)
            touch(cast.department.pk, "referral", "other")
        found = [one for one in frames(connection, within=0.8) if "topic" in one]
        assert [one["topic"] for one in found] == [f"referral:{key}"]
        assert set(found[0]) == {"topic", "version"}
        connection.send(json.dumps({"op": "unfollow", "tokens": [topic_token("referral", key)]}))
        wait_until_heard(connection)
        with tenant(actor(cast.officer_metz)):
            touch(cast.department.pk, "referral", key)
        assert not [one for one in frames(connection, within=0.8) if "topic" in one]


def wait_until_heard(connection) -> None:
    """What was asked before a resume is done when its answer comes (the server takes messages in order)."""
    connection.send(json.dumps({"op": "resume", "cursor": 0}))
    while json.loads(connection.recv(timeout=10)).get("op") not in ("resumed", "reset"):
        pass


SHAPES = (
    {"op": "subscribe", "channel": "u:{victim}"},
    {"op": "follow", "tokens": ["u:{victim}", "*", "../u:{victim}"]},
    {"op": "follow", "topics": ["u:{victim}"]},
    {"op": "resume", "cursor": 0, "user": "{victim}"},
    {"op": "resume", "cursor": -1, "user_id": "{victim}", "organization": "{organization}"},
    ["subscribe", "{victim}"],
    "u:{victim}",
    {"op": "follow", "tokens": 7},
    {"op": "resume", "cursor": "9e99"},
    {"op": "resume"},
)


def test_ws_cannot_subscribe(live: LiveServer, cast: Cast) -> None:
    """T11: a client can name neither a user nor a channel, whatever it sends."""
    with socket(live, cookie_of(cast.charity)) as connection:
        for shape in SHAPES:
            text = json.dumps(shape).replace("{victim}", str(cast.udaf_worker.user_id))
            connection.send(text.replace("{organization}", str(cast.udaf.pk)))
        connection.send("not even JSON")
        connection.send(b"\x00\xff")
        wait_until_heard(connection)
        tell(cast.udaf_worker, times=2)
        found = frames(connection, within=1.3)
        assert not numbers(found)
        assert all(frame.get("head") == 0 for frame in found)


def test_ws_origin(live: LiveServer, cast: Cast) -> None:
    """T12: a cookie goes along from any site, so the page's origin decides; a ticket needs none."""
    given = headers(live, cookie_of(cast.udaf_worker))
    for origin in (
        None,
        "https://ailleurs.invalid",
        "null",
        live.origin.replace("http:", "ftp:"),
        "http://127.0.0.1:1",
    ):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(live.address, origin=origin, additional_headers={"Cookie": given["Cookie"]}),
        ):
            pass
        assert refused.value.response.status_code == 403
    with connect(live.address, origin=live.origin, additional_headers={"Cookie": given["Cookie"]}):
        pass


def test_strangers_are_refused_before_the_handshake(live: LiveServer, cast: Cast) -> None:
    for cookie in ("", "unknown"):
        with pytest.raises(InvalidStatus), socket(live, cookie):
            pass
    with pytest.raises(InvalidStatus), connect(live.address.replace("notifications", "ailleurs")):
        pass


def test_a_ticket_opens_one_socket_once(live: LiveServer, cast: Cast) -> None:
    ticket = issue_ticket(actor(cast.udaf_worker))
    with connect(f"{live.address}?ticket={ticket}&cursor=0") as connection:
        tell(cast.udaf_worker)
        assert numbers(frames(connection, until=1)) == [1]
    for used in (ticket, "invented"):
        with pytest.raises(InvalidStatus), connect(f"{live.address}?ticket={used}"):
            pass


def test_a_ticket_dies_with_its_membership(live: LiveServer, cast: Cast) -> None:
    ticket = issue_ticket(actor(cast.udaf_worker))
    cast.udaf_worker.active = False
    cast.udaf_worker.save()
    with pytest.raises(InvalidStatus), connect(f"{live.address}?ticket={ticket}"):
        pass


def closed_with(connection) -> int:
    """The code the server closes this socket with."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            connection.recv(timeout=15)
    return closed.value.rcvd.code


def test_a_socket_closes_with_the_key_its_ticket_was_asked_with(live: LiveServer, cast: Cast) -> None:
    with tenant(actor(cast.udaf_worker)) as acting:
        key, other = (create_token(acting, label=label, days=1)[0] for label in ("perdue", "gardée"))
    tickets = [issue_ticket(actor(cast.udaf_worker), key_id=one.pk) for one in (key, other, key)]
    with (
        connect(f"{live.address}?ticket={tickets[1]}&cursor=0") as kept,
        connect(f"{live.address}?ticket={tickets[0]}&cursor=0") as connection,
    ):
        with tenant(actor(cast.udaf_worker)) as acting:
            revoke_token(acting, token=key)
        assert closed_with(connection) == 4401
        tell(cast.udaf_worker)
        assert numbers(frames(kept, until=1)) == [1]
    with pytest.raises(InvalidStatus), connect(f"{live.address}?ticket={tickets[2]}"):
        pass


def test_ws_closed_on_membership_end(live: LiveServer, cast: Cast) -> None:
    """T13: at the next check; the sockets of others stay."""
    with Listener(live, cookie_of(cast.udaf_lead)) as other, socket(live, cookie_of(cast.udaf_worker)) as connection:
        cast.udaf_worker.active = False
        cast.udaf_worker.save()
        assert closed_with(connection) == 4401
        assert other.connections == 1


def test_ws_closed_on_sign_out(live: LiveServer, cast: Cast) -> None:
    browser = client(cast.udaf_worker)
    with socket(live, browser.cookies["sessionid"].value) as connection:
        browser.post("/compte/logout/")
        assert closed_with(connection) == 4401


def test_ws_closed_when_the_password_changes_elsewhere(live: LiveServer, cast: Cast) -> None:
    with socket(live, cookie_of(cast.udaf_worker)) as connection:
        User.objects.filter(pk=cast.udaf_worker.user_id).update(password="autre")
        assert closed_with(connection) == 4401


def test_ten_sockets_per_user(live: LiveServer, cast: Cast) -> None:
    """Three devices of several tabs each: every one hears everything; an eleventh is sent away."""
    cookie = cookie_of(cast.udaf_worker)
    with ExitStack() as stack:
        opened = [stack.enter_context(socket(live, cookie)) for _ in range(10)]
        for connection in opened:
            wait_until_heard(connection)
        eleventh = stack.enter_context(socket(live, cookie))
        assert closed_with(eleventh) == 4029
        tell(cast.udaf_worker)
        assert [numbers(frames(connection, until=1)) for connection in opened] == [[1]] * 10


def test_an_idle_socket_stays_open(live: LiveServer, cast: Cast) -> None:
    """redis-py 8 ends idle readers after 5 seconds; a proxy cuts idle sockets: neither here."""
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        time.sleep(7)
        tell(cast.udaf_worker)
        eventually(lambda: listener.seqs == [1])
        assert listener.connections == 1


def test_event_stream(live: LiveServer, cast: Cast) -> None:
    """The same frames over SSE, from the number the browser saw last."""
    tell(cast.udaf_worker, times=3)
    key = uuid.uuid4()
    given = headers(live, cookie_of(cast.udaf_worker)) | {"Last-Event-ID": "1"}
    del given["Origin"]  # a browser sends none to its own site
    address = f"{live.origin}/sse/notifications/?follow={topic_token('referral', key)}"
    with httpx.stream("GET", address, headers=given, timeout=10) as stream:
        lines = stream.iter_lines()
        shown = events_until(lines, 3)
        tell(cast.udaf_worker)
        shown += events_until(lines, 4)
        with tenant(actor(cast.officer_metz)):
            touch(cast.department.pk, "referral", key)
        topic = next(line for line in lines if "topic" in line)
    assert numbers(shown) == [2, 3, 4]
    assert str(key) in topic


def events_until(lines, seq: int) -> list[dict]:
    found = []
    for line in lines:
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
        if found and found[-1].get("seq") == seq:
            return found
    raise AssertionError("the stream ended")


def test_event_stream_is_closed_to_strangers_and_other_sites(live: LiveServer, cast: Cast) -> None:
    address, given = f"{live.origin}/sse/notifications/", headers(live, cookie_of(cast.udaf_worker))
    for changed in ({"Cookie": ""}, {"Origin": "https://ailleurs.invalid"}, {"Sec-Fetch-Site": "cross-site"}):
        assert httpx.get(address, headers=given | changed).status_code == 403
