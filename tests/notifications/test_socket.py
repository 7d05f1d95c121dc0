"""The socket: what a signed-in member hears, and nobody else."""

from __future__ import annotations

import json

import pytest

from hub.core.topics import topic_token
from tests.cast import Cast
from tests.notifications.facts import tell
from tests.notifications.listeners import Listener, cookie_of, frames, numbers, socket
from tests.notifications.servers import LiveServer, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_change_once_and_in_order(live: LiveServer, cast: Cast) -> None:
    with Listener(live, cookie_of(cast.udaf_worker)) as listener:
        tell(cast.udaf_worker, times=30)
        eventually(lambda: len(listener.shown) >= 30)
        assert listener.seqs == list(range(1, 31))
        assert [frame["unread"] for frame in listener.shown] == list(range(1, 31))
        assert listener.connections == 1
