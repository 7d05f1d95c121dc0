"""Notices by number, marks, and the ticket of the live connection."""

from __future__ import annotations

from uuid import uuid4

from notifications.services import use_ticket
from tests.api.test_doors import is_problem
from tests.people import person, referral


def test_changes_after_a_number(cast, machine):
    caller = machine(cast.siae_worker)
    start = caller.get("notifications/").json()
    assert (start["count"], start["next"], start["unread"]) == (0, None, 0)
    referral(cast, person(cast))
    body = caller.get("notifications/", after=start["cursor"], epoch=start["epoch"]).json()
    (notice,) = body["results"]
    assert (notice["kind"], notice["state"], notice["subject_kind"]) == ("referral_sent", "unread", "referral")
    assert "FICTIF" not in str(body)
    assert caller.get("notifications/", after=body["cursor"]).json()["results"] == []
    assert caller.get("notifications/", after=10**9).json()["reset"] is True
    assert caller.post("notifications/mark/", {"verb": "done", "ids": [notice["id"]]}).status_code == 204
    changed = caller.get("notifications/", after=body["cursor"]).json()
    assert changed["results"][0]["state"] == "done" and changed["unread"] == 0
    assert caller.get("notifications/").json()["count"] == 1
    is_problem(caller.get("notifications/", after=-1), 400)
    is_problem(caller.get("notifications/", after=2**63), 400)


def test_only_ones_own_notices(cast, machine):
    referral(cast, person(cast))
    (notice,) = machine(cast.siae_worker).get("notifications/").json()["results"]
    stranger = machine(cast.charity)
    assert stranger.get("notifications/").json()["count"] == 0
    real, random = (
        stranger.post("notifications/mark/", {"verb": "read", "ids": [pk]}) for pk in (notice["id"], str(uuid4()))
    )
    assert real.content == random.content
    is_problem(real, 404, "not_found")


def test_a_ticket_opens_once(cast, machine):
    caller = machine(cast.siae_worker)
    body = caller.post("live-ticket/").json()
    assert body["expires_in"] == 60
    assert use_ticket(body["ticket"]) == (cast.siae_worker.pk, caller.token.pk)
    assert use_ticket(body["ticket"]) is None
