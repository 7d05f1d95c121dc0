"""One gesture on many gaps: done, refused line by line, undone within twenty seconds, told after."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from notifications.models import Notification
from referrals import tasks
from referrals.models import GapLog, RegistrationGap
from referrals.services.gap_bulk import act_on_gaps, undo_gesture
from tests.cast import actor, client
from tests.people import open_day, reread
from tests.referrals.test_gap_screens import open_gaps

pytestmark = pytest.mark.django_db


@pytest.fixture
def gaps(cast):
    open_gaps(cast, 3)
    with tenant(Actor.system(cast.department.pk)):
        return list(RegistrationGap.objects.order_by("pk"))


def act(member, name, gaps, **given):
    with tenant(actor(member)) as acting:
        return act_on_gaps(acting, name=name, gaps=[gap.pk for gap in gaps], **given)


def told(cast, member):
    with tenant(Actor.system(cast.department.pk)):
        return {one.kind: one.count for one in Notification.objects.filter(user_id=member.user_id)}


def later(seconds):
    return time_machine.travel(actor_now() + timedelta(seconds=seconds), tick=False)


def actor_now():
    return Actor.system(uuid4()).now


def test_reassigning_tells_the_new_and_the_former_once_after_twenty_seconds(cast, gaps):
    act(cast.udaf_worker, "take_charge", gaps)
    act(cast.udaf_lead, "reassign", gaps, target=f"member:{cast.udaf_lead.pk}")
    act(cast.udaf_lead, "reassign", gaps, target=f"member:{cast.udaf_worker.pk}")
    act(cast.udaf_lead, "reassign", gaps, target="department", note="Suivie par le CMS")
    assert not {"gap_assigned", "gap_handed_over"} & set(told(cast, cast.udaf_worker))
    with later(21):
        tasks.release_gap_gestures()
        tasks.release_gap_gestures()
    assert told(cast, cast.social_worker)["gap_assigned"] == 3
    assert "gap_handed_over" in told(cast, cast.udaf_worker)
    now = reread(cast, gaps[0])
    assert (now.state, now.in_charge_id, now.in_charge_team_id) == ("open", None, cast.cms_metz.pk)
    with tenant(Actor.system(cast.department.pk)):
        names = set(GapLog.objects.filter(gap=now).values_list("name", flat=True))
    assert names >= {"take_charge", "assign", "hand_over"}


def test_undo_within_twenty_seconds_puts_everything_back_and_tells_nobody(cast, gaps):
    before = told(cast, cast.social_worker)
    done = act(cast.udaf_lead, "justify", gaps, closing="training", until=open_day(200))
    client(cast.head).post(f"/inscriptions/{gaps[0].pk}/rouvrir/")
    with tenant(actor(cast.udaf_lead)) as acting:
        assert undo_gesture(acting, gesture=done.gesture) == 2  # one was changed since
    assert {reread(cast, gap).state for gap in gaps} == {"open"}
    assert reread(cast, gaps[1]).justified_until is None
    with later(21):
        tasks.release_gap_gestures()
    assert told(cast, cast.social_worker) == before
    with tenant(actor(cast.udaf_lead)) as acting, pytest.raises(Conflict):
        undo_gesture(acting, gesture=done.gesture)


def test_each_refused_line_says_why_and_the_others_are_done(cast, gaps):
    act(cast.udaf_lead, "take_charge", gaps[:1])
    browser = client(cast.udaf_worker)
    body = {"gesture": "acknowledge", "gaps": [str(gap.pk) for gap in gaps] + [str(uuid4())]}
    said = browser.post("/api/v1/registration-gaps/bulk/", body, content_type="application/json").json()
    assert sorted(said["done"]) == sorted(str(gap.pk) for gap in gaps[1:])
    assert len(said["refused"]) == 2
    assert all(one["message"] for one in said["refused"])
    undone = browser.post(f"/api/v1/registration-gaps/gestures/{said['id']}/undo/").json()
    assert undone == {"undone": 2}


def test_a_bad_target_or_too_many_change_nothing(cast, gaps):
    for target in ("", "member:x", f"member:{cast.siae_worker.pk}", f"team:{cast.cms_metz.pk}"):
        with pytest.raises(Invalid):
            act(cast.udaf_lead, "reassign", gaps, target=target)
    refused = act(cast.udaf_lead, "reassign", gaps, target=f"member:{cast.guardian.pk}").refused
    assert len(refused) == 3
    assert "ne suit pas cette personne" in refused[0][1]
    with pytest.raises(Invalid), tenant(actor(cast.udaf_lead)) as acting:
        act_on_gaps(acting, name="acknowledge", gaps=[uuid4() for _ in range(101)])
    assert {reread(cast, gap).state for gap in gaps} == {"open"}


def test_another_s_gesture_is_unknown(cast, gaps):
    done = act(cast.udaf_lead, "acknowledge", gaps)
    answer = client(cast.udaf_worker).post(f"/api/v1/registration-gaps/gestures/{done.gesture.pk}/undo/")
    assert answer.status_code == 404


def test_the_screen_previews_then_does_then_undoes(cast, gaps):
    act(cast.udaf_lead, "take_charge", gaps[:1])
    browser = client(cast.udaf_worker)
    asked = "&".join(f"gap={gap.pk}" for gap in gaps)
    shown = browser.get(f"/inscriptions/gestes/?name=acknowledge&{asked}").content.decode()
    assert "Rien n&#x27;est encore fait" in shown or "Rien n'est encore fait" in shown
    assert "Laissées de côté" in shown
    given = {"name": "reassign", "gap": [gap.pk for gap in gaps], "target": "department"}
    answer = browser.post("/inscriptions/gestes/", given, follow=True)
    assert reread(cast, gaps[0]).in_charge_team_id == cast.cms_metz.pk
    assert f" : {len(gaps)} inscriptions." in answer.content.decode()
    undo = answer.content.decode().split('action="/inscriptions/gestes/')[1].split('"')[0]
    assert "Geste annulé" in browser.post(f"/inscriptions/gestes/{undo}", follow=True).content.decode()
    assert reread(cast, gaps[1]).in_charge_team_id is None
    assert browser.post("/inscriptions/gestes/", given | {"target": ""}).status_code == 422
    assert browser.get("/inscriptions/gestes/?name=rien").status_code == 302


def test_an_export_asks_a_reason_and_is_for_those_who_may(cast, gaps):
    given = {"name": "export", "gap": [gap.pk for gap in gaps]}
    assert client(cast.udaf_worker).post("/inscriptions/gestes/", given | {"reason": "Réunion"}).status_code == 403
    browser = client(cast.udaf_lead)
    assert browser.post("/inscriptions/gestes/", given).status_code == 422
    file = browser.post("/inscriptions/gestes/", given | {"reason": "Réunion de territoire"})
    lines = file.content.decode().splitlines()
    assert len(lines) == 4
    assert "À vérifier avec la personne" in lines[1]
