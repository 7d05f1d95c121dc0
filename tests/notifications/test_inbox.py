"""The inbox, the bell and what they do, through HTTP."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hub.core.gate import tenant
from notifications.models import Notification
from notifications.selectors import head_of
from tests.cast import Cast, actor, client
from tests.notifications.facts import tell

pytestmark = pytest.mark.django_db


def own(member) -> list[Notification]:
    with tenant(actor(member)):
        return list(Notification.objects.order_by("changed_at"))


def test_the_inbox_says_what_and_why(cast: Cast) -> None:
    tell(cast.udaf_worker)
    page = client(cast.udaf_worker).get("/notifications/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 inscription est à vérifier" in text
    assert "vous êtes le référent" in text
    assert 'data-unread="1"' in text
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_read_then_done_then_back(cast: Cast) -> None:
    tell(cast.udaf_worker)
    (notice,) = own(cast.udaf_worker)
    browser = client(cast.udaf_worker)
    for verb, tab in (("read", "read"), ("done", "done"), ("undone", "read"), ("unread", "unread")):
        answer = browser.post("/notifications/marquer/", {"id": str(notice.pk), "verb": verb, "etat": tab})
        assert answer.status_code == 302
        for other in ("unread", "read", "done"):
            shown = f'data-row="{notice.pk}"' in browser.get(f"/notifications/?etat={other}").content.decode()
            assert shown == (other == tab), (verb, other)


def test_all_read_is_undone_from_the_message(cast: Cast) -> None:
    tell(cast.udaf_worker, times=3)
    browser = client(cast.udaf_worker)
    page = browser.post("/notifications/tout-lire/", follow=True)
    (message,) = page.context["messages"]
    assert str(message) == "3 avis marqués comme lus."
    assert head_of(actor(cast.udaf_worker)).unread == 0
    browser.post(message.extra_tags.removeprefix("undo:"))
    assert head_of(actor(cast.udaf_worker)).unread == 3


def test_the_bell_s_panel_holds_the_last_eight(cast: Cast) -> None:
    tell(cast.udaf_worker, times=10)
    panel = client(cast.udaf_worker).get(reverse("notifications_bell")).content.decode()
    assert panel.count("data-row=") == 8
    assert "<html" not in panel


def test_marking_from_a_script_answers_nothing(cast: Cast) -> None:
    tell(cast.udaf_worker)
    (notice,) = own(cast.udaf_worker)
    answer = client(cast.udaf_worker).post(
        "/notifications/marquer/", {"id": str(notice.pk), "verb": "read"}, headers={"X-Fragment": "read"}
    )
    assert answer.status_code == 204
    assert own(cast.udaf_worker)[0].state == "read"


def test_foreign_and_unknown_notices_answer_alike(cast: Cast) -> None:
    tell(cast.udaf_worker)
    (notice,) = own(cast.udaf_worker)
    browser = client(cast.charity)
    foreign, unknown = (
        browser.post("/notifications/marquer/", {"id": pk, "verb": "read"})
        for pk in (str(notice.pk), "00000000-0000-4000-8000-000000000000")
    )
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/notifications/marquer/", {"id": "12", "verb": "read"}),
        ("/notifications/marquer/", {"verb": "burn"}),
        ("/notifications/annuler/hier/", {}),
        ("/notifications/annuler/2026-11-22T10:00:00/", {}),
    ],
)
def test_nonsense_is_refused_in_french(cast: Cast, address: str, data: dict) -> None:
    assert client(cast.udaf_worker).post(address, data).status_code == 400


def test_pages_of_25_by_cursor(cast: Cast) -> None:
    tell(cast.udaf_worker, times=30)
    browser = client(cast.udaf_worker)
    first = browser.get("/notifications/")
    second = browser.get("/notifications/", {"after": first.context["page"].next})
    shown = [line.notice.pk for page in (first, second) for line in page.context["lines"]]
    assert len(shown) == len(set(shown)) == 30
    assert browser.get("/notifications/", {"after": "forged"}).status_code == 400


def test_the_same_number_of_queries_with_2_and_20_lines(cast: Cast, django_assert_max_num_queries) -> None:
    browser = client(cast.udaf_worker)
    counts = []
    for times in (2, 18):
        tell(cast.udaf_worker, times=times)
        browser.get("/notifications/")
        with django_assert_max_num_queries(20) as queries:
            browser.get("/notifications/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_waits_in_another_organisation_is_said(cast: Cast) -> None:
    second = type(cast.udaf_worker).objects.create(
        user=cast.udaf_worker.user, organization=cast.siae, department=cast.department
    )
    tell(second, times=2)
    text = client(cast.udaf_worker).get("/notifications/").content.decode()
    assert "2 avis non lus vous attendent" in text
    assert "Chantier Fictif" in text
    assert 'data-unread="0"' in text


def test_anonymous_visitors_sign_in_first(client) -> None:
    for address in ("/notifications/", "/notifications/cloche/"):
        assert client.get(address).status_code == 302
