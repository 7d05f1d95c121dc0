"""The frames clients receive, and what a process says to its feeds. Ids and numbers only, nothing of a person.

User frames `{seq, kind, id, unread, state}` are numbered and durable; topic frames `{topic, version}` may be lost.
`{op: resumed | reset | heartbeat}` say where the client stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from notifications.models import Notification
from notifications.selectors import Head


@dataclass(frozen=True, slots=True)
class Bell:
    """A doorbell for one user; `text` is None when only the number is known."""

    seq: int
    epoch: str = ""
    place: tuple[str, str] = ("", "")  # Département, organisation
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Pulse:
    """A topic frame, the same text for every follower."""

    text: str


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat; `head` is the user's last number (None: the database did not answer)."""

    head: int | None


@dataclass(frozen=True, slots=True)
class Resume:
    """Where the client says it stands; None: it says nothing."""

    cursor: int | None
    epoch: str = ""


def bell_of(body: bytes) -> Bell:
    """A doorbell as Redis carried it."""
    said = json.loads(body)
    if "i" not in said:
        return Bell(said["s"])
    text = _json({"seq": said["s"], "kind": said["k"], "id": said["i"], "unread": said["u"], "state": said["t"]})
    return Bell(said["s"], said["e"], (said["d"], said["o"]), text)


def pulse_of(topic: str, version: int) -> Pulse:
    return Pulse(_json({"topic": topic, "version": version}))


def frame_of(row: Notification, unread: int) -> str:
    """The user frame of a row read from the database."""
    return _json({"seq": row.seq, "kind": row.kind, "id": str(row.pk), "unread": unread, "state": row.state})


def heartbeat(head: int | None) -> str:
    return _json({"op": "heartbeat", "head": head})


def resumed(head: Head, cursor: int) -> str:
    return _json({"op": "resumed", "head": cursor, "epoch": head.epoch, "unread": head.unread})


def reset(head: Head) -> str:
    """Too much was missed, or numbers went back: read the list again over HTTP."""
    return _json({"op": "reset", "head": head.seq, "epoch": head.epoch, "unread": head.unread})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
