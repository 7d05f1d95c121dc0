"""The shared calendar: list, month, week, filters in the address; subscriptions of other calendars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from collective_actions.calendar import CalendarAsked
from collective_actions.models import CalendarFeed, TrainingSession
from collective_actions.services.feeds import open_feed, revoke_feed
from collective_actions.services.trainings.writing import cancel_session, create_session, edit_session
from collective_actions.views import calendar
from hub.core.errors import Conflict, Invalid, Refused
from hub.core.gate import tenant
from tests.cast import actor, client

METZ = {"city": "Metz", "postcode": "57000"}


def publish(cast, title="Agent de propreté", *, by=None, **said):
    """A session of a body, by the Région."""
    with tenant(actor(by or cast.trainer)) as acting:
        start = acting.today + timedelta(days=30)
        values = {"title": title, "body_name": "Organisme fictif", "starts_on": start, **METZ, **said}
        return create_session(acting, **values)


def titles(page: str) -> list[str]:
    """The order of what a page names."""
    found = [(page.index(name), name) for name in ("Libre", "Complet ici", "À demander", "Soudure") if name in page]
    return [name for _, name in sorted(found)]


def test_free_seats_come_first_whatever_the_date(cast):
    with tenant(actor(cast.trainer)) as acting:
        soon = acting.today + timedelta(days=2)
    publish(cast, "Complet ici", starts_on=soon, places=12, free_places=0)
    publish(cast, "À demander", starts_on=soon)
    publish(cast, "Libre", places=12, free_places=3)
    browser = client(cast.charity)
    assert titles(browser.get(reverse("trainings")).text) == ["Libre", "À demander", "Complet ici"]
    assert titles(browser.get(reverse("trainings"), {"places": "1"}).text) == ["Libre"]


@pytest.mark.parametrize("shown", ["liste", "mois", "semaine"])
def test_filters_live_in_the_address_of_every_view(cast, shown):
    day = date(2027, 3, 10)
    publish(cast, "Libre", starts_on=day, theme="building", level_out=3, remuneration="paid", places=9, free_places=1)
    publish(cast, "Soudure", starts_on=day, city="Thionville", postcode="57100")
    browser = client(cast.udaf_worker)

    def found(**asked: str) -> list[str]:
        return titles(browser.get(reverse("trainings"), {"vue": shown, "jour": "2027-03-10", **asked}).text)

    assert sorted(found()) == ["Libre", "Soudure"]
    for name, value in {
        "theme": "building",
        "level": "3",
        "paid": "1",
        "places": "1",
        "territory": str(cast.metz.pk),
    }.items():
        assert found(**{name: value}) == ["Libre"], name
    assert found(territory=str(cast.thionville.pk)) == ["Soudure"]
    assert found(territory="x'") == found(level="²") == []


def test_the_search_box_finds_sessions_to_come_without_accents(cast):
    publish(cast)
    page = client(cast.charity).get(reverse("search"), {"q": "proprete fictif"}).text
    assert "Agent de propreté" in page and reverse("trainings") in page


def test_a_month_shows_starts_and_information_meetings_on_their_days(cast):
    publish(cast, starts_on=date(2027, 2, 1), info_dates=[date(2027, 1, 29)])
    page = client(cast.charity).get(reverse("trainings"), {"vue": "mois", "jour": "2027-01-15"}).text
    assert "Janvier 2027" in page
    assert "Réunion d&#x27;info : Agent de propreté" in page
    assert "vue=mois&amp;jour=2027-02-01" in page
    assert client(cast.charity).get(reverse("trainings"), {"vue": "mois", "jour": "31/31"}).status_code == 200


def test_only_those_who_give_or_publish_write(cast):
    session = publish(cast)
    with tenant(actor(cast.charity)) as acting, pytest.raises(Refused):
        edit_session(acting, session=session, places=3)
    with tenant(actor(cast.officer_metz)) as acting:
        edit_session(acting, session=session, places=3, free_places=3)
        with pytest.raises(Invalid):
            edit_session(acting, session=session, places=3, free_places=4)
    browser = client(cast.trainer)
    page = browser.get(reverse("training_session_edit", args=[session.pk])).text
    assert "Agent de propreté" in page
    answer = browser.post(
        reverse("training_session_edit", args=[session.pk]),
        {"title": "Agent de propreté", "body_name": "Organisme fictif", "starts_on": "2027-05-03", "city": "Metz"},
    )
    assert answer.status_code == 302
    assert "lun. 3 mai 2027" in browser.get(answer.url).text
    new = browser.post(reverse("training_new"), {"title": "Soudure", "body_name": "Autre", "starts_on": "2027-05-03",
                                                 "ends_on": "2027-05-01"})  # fmt: skip
    assert new.status_code == 422
    assert "finirait avant de commencer" in new.text


def events(answer) -> list:
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_subscription_follows_the_calendar_without_a_session(cast):
    session = publish(cast, info_dates=[])
    other = publish(cast, "Soudure", city="Thionville", postcode="57100")
    asked = CalendarAsked(territory=str(cast.metz.pk))
    with tenant(actor(cast.udaf_worker)) as acting:
        feed, secret = open_feed(acting, label="Metz", asked=asked)
    assert secret not in str(CalendarFeed.objects.values().get())
    url = reverse("calendar_feed", args=[secret])
    answer = Client().get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"
    (event,) = events(answer)
    assert event["UID"].startswith(f"training-session-{session.pk}@")
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in answer.content and b"RDATE" not in answer.content
    assert str(other.pk).encode() not in answer.content
    assert Client().get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    with tenant(actor(cast.trainer)) as acting:
        edit_session(acting, session=session, starts_on=acting.today + timedelta(days=40))
        cancel_session(acting, session=session)
    (event,) = events(Client().get(url))
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CANCELLED")
    with tenant(actor(cast.udaf_worker)) as acting:
        revoke_feed(acting, feed=feed)
    assert Client().get(url).status_code == Client().get(reverse("calendar_feed", args=["rien"])).status_code == 404


def test_a_subscription_ends_with_the_membership_and_there_are_ten_at_most(cast):
    with tenant(actor(cast.charity)) as acting:
        secrets = [open_feed(acting, label="", asked=CalendarAsked())[1] for _ in range(10)]
        with pytest.raises(Conflict):
            open_feed(acting, label="", asked=CalendarAsked())
    cast.charity.active = False
    cast.charity.save(update_fields=["active"])
    assert Client().get(reverse("calendar_feed", args=[secrets[0]])).status_code == 404


def test_an_address_read_without_pause_is_asked_to_wait(cast, monkeypatch):
    with tenant(actor(cast.charity)) as acting:
        _, secret = open_feed(acting, label="", asked=CalendarAsked())
    monkeypatch.setattr(calendar, "MOST_READS", 2)
    answers = [Client().get(reverse("calendar_feed", args=[secret])).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_address_is_shown_once_and_may_be_withdrawn(cast):
    browser = client(cast.charity)
    shown = browser.post(reverse("calendar_feed_open"), {"label": "Bureau", "query": "paid=1"}).text
    assert "/agenda/" in shown
    page = browser.get(reverse("calendar_feeds")).text
    assert "/agenda/" not in page and "Bureau" in page
    feed = CalendarFeed.objects.get()
    assert feed.query == "paid=1"
    assert client(cast.network_head).post(reverse("calendar_feed_revoke", args=[feed.pk])).status_code == 404
    browser.post(reverse("calendar_feed_revoke", args=[feed.pk]))
    feed.refresh_from_db()
    assert feed.revoked_at is not None
    assert TrainingSession.objects.count() == 0
