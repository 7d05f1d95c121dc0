"""Collective actions on screen: found, filled, held; each sees what is his."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from collective_actions.calendar import CalendarAsked, CalendarQuery, calendar_items
from collective_actions.documents.sheet import sheet_title
from collective_actions.models import CollectiveAction, Enrolment, Session
from collective_actions.selectors.actions import actions_list
from collective_actions.selectors.measures import action_measures
from collective_actions.services.actions.enrolling import give_up
from collective_actions.services.actions.sessions import record_attendance
from collective_actions.services.actions.writing import edit_action
from hub.core.errors import Conflict, NotVisible
from hub.core.gate import tenant
from notifications.models import Notification
from referrals.models import Beneficiary, Referral
from referrals.services.referrals import decline_referral
from tests.actions import action, enrolled, sessions_of
from tests.cast import actor, client
from tests.people import decision, person, reread

pytestmark = pytest.mark.django_db
ROOT = "/formations/actions/"


def said(answer):
    return " ".join(answer.content.decode().split())


def after(session):
    return session.starts_at + timedelta(hours=3)


def test_who_still_has_places_this_week_is_one_click(cast):
    soon = sessions_of(action(cast, name="Atelier cuisine", capacity=1))[0]
    far = sessions_of(action(cast, name="Atelier jardin"))[0]
    Session.objects.filter(pk=far.pk).update(starts_at=far.starts_at + timedelta(days=30))
    browser = client(cast.udaf_worker)
    everything = said(browser.get(ROOT))
    assert "Encore des places cette semaine" in everything
    assert "Atelier cuisine" in everything and "Atelier jardin" in everything
    week = said(browser.get(ROOT, {"box": "week"}))
    assert "Atelier cuisine" in week and "Atelier jardin" not in week
    enrolled(cast, person(cast), soon)
    assert "Atelier cuisine" not in said(browser.get(ROOT, {"box": "week"}))
    assert "Atelier cuisine" not in said(browser.get(ROOT, {"places": "left"}))


def test_a_list_costs_the_same_with_more_rows(cast, django_assert_max_num_queries):
    action(cast, name="Action 0")
    browser = client(cast.udaf_worker)
    browser.get(ROOT)
    with django_assert_max_num_queries(60) as few:
        browser.get(ROOT)
    for n in range(1, 6):
        action(cast, name=f"Action {n}", sessions=2)
    with django_assert_max_num_queries(len(few)):
        browser.get(ROOT)


def test_an_action_is_designed_step_by_step_then_published(cast):
    browser = client(cast.social_worker)
    answer = browser.post(f"{ROOT}concevoir/", {"name": "Lire à deux", "audience": "people", "need": "Des parents…"})
    made = CollectiveAction.objects.get()
    url = f"{ROOT}{made.pk}/"
    assert answer.url == f"{url}etapes/objectif/" and made.state == "draft"
    assert browser.post(f"{url}etapes/objectif/", {"objective": "Lire", "description": "On lit."}).status_code == 302
    city = {"city": "Metz", "audiences": ["tous-publics"]}
    assert browser.post(f"{url}etapes/public/", city).url == f"{url}etapes/seances/"
    dates = {"on": "2099-03-02", "at": "09:30", "duration": 90, "capacity": 6, "place": "CMS", "times": 3}
    wrong = said(browser.post(f"{url}etapes/seances/", dates | {"on": "2020-03-02"}))
    assert "Un point à corriger" in wrong and wrong.count("Choisissez une date à venir.") == 2  # above, and beside it
    assert browser.post(f"{url}etapes/seances/", dates).status_code == 302
    assert browser.post(f"{url}etapes/partenaires/", {"co_hosts": [str(cast.udaf.pk)]}).status_code == 302
    assert browser.post(f"{url}etapes/evaluation/", {"evaluation": "Qui revient"}).url == url
    assert browser.post(f"{url}publier/").status_code == 403  # an agent drafts, his head publishes
    assert client(cast.udaf_worker).get(url).status_code == 404
    assert client(cast.officer_metz).post(f"{url}publier/").status_code == 302
    page = said(client(cast.udaf_worker).get(url))
    assert "Lire à deux" in page and "UDAF de la Moselle" in page and "6 places libres" in page
    assert "Lire à deux" in said(
        client(cast.udaf_worker).get(ROOT, {"box": "mine"})
    )  # whoever hosts it with others too
    hours = {one.starts_at.hour for one in Session.objects.all()}
    assert len(hours) >= 1 and Session.objects.count() == 3


def test_somebody_is_enrolled_from_her_file_in_two_pages(cast):
    made = action(cast)
    who = person(cast, last_name="FICTIVE")
    browser = client(cast.social_worker)
    assert "Inscrire à une action" in said(browser.get(f"/personnes/{who.pk}/"))
    assert f"/inscrire/?pour={who.pk}" in said(browser.get(ROOT, {"pour": who.pk}))
    address = f"{ROOT}{made.pk}/inscrire/?pour={who.pk}"
    assert "FICTIVE" in said(browser.get(address))
    (session,) = sessions_of(made)
    sent = browser.post(address, {"session": session.pk, "informed_on": f"{actor(cast.head).today}", "note": ""})
    assert sent.url == f"{ROOT}seances/{session.pk}/"
    assert "FICTIVE" in said(browser.get(sent.url))
    assert "Inscription" in said(browser.get(f"/personnes/{who.pk}/"))


def test_names_are_for_both_sides_and_counts_for_all(cast):
    (session,) = sessions_of(action(cast))
    for last_name in ("FICTIVE", "ÉBAUCHE"):
        enrolled(cast, person(cast, last_name=last_name, first_names="Zoé"), session)
    url = f"{ROOT}seances/{session.pk}/"
    host = said(client(cast.charity).get(url))
    assert 0 < host.index("ÉBAUCHE") < host.index("FICTIVE")  # as a dictionary has them
    stranger = said(client(cast.siae_worker).get(url))
    assert "FICTIVE" not in stranger and "2 sur 2" in stranger and "2 autres inscriptions" in stranger
    with tenant(actor(cast.siae_worker)):
        assert not Enrolment.objects.exists()


def test_a_co_host_reads_who_has_a_seat_and_notes_who_came(cast):
    """By a first name and an initial, as long as she has a seat; neither what is asked nor who waits."""
    made = action(cast, co_hosts=[cast.siae], capacity=1)
    (session,) = sessions_of(made)
    (one,) = enrolled(cast, person(cast, last_name="FICTIVE", first_names="Zoé"), session)
    (waiting,) = enrolled(cast, person(cast, last_name="ATTENTE", first_names="Léa"), session)
    url = f"{ROOT}seances/{session.pk}/"
    browser = client(cast.siae_worker)
    page = said(browser.get(url, headers={"X-Fragment": "seance"}))
    assert "Zoé F." in page and "FICTIVE" not in page and "Léa" not in page and "orientation" not in page
    assert "1 autre inscription " in page and "Vous voyez qui a une place" in said(browser.get(f"{ROOT}{made.pk}/"))
    assert "Chantier Fictif" in said(client(cast.charity).get(f"{ROOT}{made.pk}/"))
    assert browser.get(f"{url}feuille.pdf").status_code == 200
    assert browser.get(f"/api/v1/referrals/{one.referral_id}/").status_code == 404
    (row,) = browser.get("/api/v1/enrolments/").json()["results"]
    assert (row["name"], row["referral"], row["prescriber"], row["state"]) == ("Zoé F.", None, None, "enrolled")
    with time_machine.travel(after(session), tick=False):
        browser = client(cast.siae_worker)
        assert browser.post(f"{url}presences/", {f"mark_{one.pk}": "present"}).status_code == 302
        assert browser.post(f"{url}resultats/").status_code == 404  # the host's own: it received the referrals
        assert browser.post(f"{ROOT}inscriptions/{one.pk}/remove/", {"note": "x"}).status_code == 403
        assert reread(cast, one).attendance == "present"
        assert browser.post(f"{ROOT}inscriptions/{waiting.pk}/confirm/").status_code == 404
    with tenant(actor(cast.charity)) as acting:
        edit_action(acting, action=made, co_hosts=[cast.association2])
    assert browser.get(f"{url}feuille.pdf").status_code == 404
    for member, seen in ((cast.siae_worker, 0), (cast.charity2, 1)):
        with tenant(actor(member)):
            assert (Beneficiary.objects.count(), Enrolment.objects.count()) == (seen, seen)
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=Enrolment.objects.get(pk=one.pk))
    with tenant(actor(cast.charity2)):
        assert not Beneficiary.objects.exists()


def test_of_a_sensitive_action_a_co_host_knows_nobody(cast):
    made = action(cast, co_hosts=[cast.siae], sensitive=True)
    (session,) = sessions_of(made)
    enrolled(cast, person(cast, first_names="Zoé"), session)
    browser = client(cast.siae_worker)
    page = said(browser.get(f"{ROOT}seances/{session.pk}/"))
    assert "Zoé" not in page and "1 sur 2" in page and "aucun nom" in said(browser.get(f"{ROOT}{made.pk}/"))
    assert browser.get(f"{ROOT}seances/{session.pk}/feuille.pdf").status_code == 404
    with tenant(actor(cast.siae_worker)):
        assert not Beneficiary.objects.exists() and not Enrolment.objects.exists()


def test_a_refused_person_is_no_longer_named_to_the_host(cast):
    (session,) = sessions_of(action(cast))
    (one,) = enrolled(cast, person(cast, last_name="FICTIVE"), session)
    with tenant(actor(cast.charity)) as acting:
        decline_referral(acting, referral=Referral.objects.get(pk=one.referral_id), reason="no_place")
    page = said(client(cast.charity).get(f"{ROOT}seances/{session.pk}/"))
    assert "FICTIVE" not in page and "Dossier fermé" in page


def test_an_offer_is_answered_from_the_page_of_the_day(cast):
    (session,) = sessions_of(action(cast, capacity=1))
    (first,) = enrolled(cast, person(cast), session)
    (second,) = enrolled(cast, person(cast, first_names="Autre"), session)
    browser = client(cast.social_worker)
    browser.post(f"{ROOT}inscriptions/{first.pk}/give_up/")
    page = said(browser.get(f"{ROOT}seances/{session.pk}/"))
    assert "0 · 1 place proposée" in page and "en attente" not in page  # counted once, here and above
    today = said(browser.get("/"))
    assert "Places à prendre" in today and f"{ROOT}inscriptions/{second.pk}/confirm/" in today
    with tenant(actor(cast.social_worker)):
        kinds = set(Notification.objects.values_list("kind", flat=True))
    assert "seat_offered" in kinds
    assert browser.post(f"{ROOT}inscriptions/{second.pk}/confirm/").status_code == 302
    assert reread(cast, second).state == "enrolled"
    with tenant(actor(cast.charity)):
        assert {"seat_taken", "enrolment_cancelled"} <= set(Notification.objects.values_list("kind", flat=True))
    assert "Places à prendre" not in said(browser.get("/"))


def test_attendance_is_noted_once_it_has_begun_and_the_sheet_says_nothing_of_rsa(cast):
    (session,) = sessions_of(action(cast, name="Atelier RSA et budget"))
    (one,) = enrolled(cast, person(cast, last_name="FICTIVE"), session)
    url = f"{ROOT}seances/{session.pk}/"
    browser = client(cast.charity)
    sheet = browser.get(f"{url}feuille.pdf")
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
    assert client(cast.social_worker).get(f"{url}feuille.pdf").status_code == 404
    with tenant(actor(cast.charity)) as acting, pytest.raises(Conflict):
        record_attendance(acting, session=session, marks={one.pk: "present"})
    with time_machine.travel(after(session), tick=False):
        browser = client(cast.charity)
        assert "Présences à noter" in said(browser.get("/"))
        assert browser.post(f"{url}presences/", {f"mark_{one.pk}": "present"}).status_code == 302
        assert (
            browser.post(f"{ROOT}inscriptions/{one.pk}/feedback/", {"rating": 4, "feedback": "Utile"}).status_code
            == 302
        )
        page = said(browser.get(url))
        assert "avis 4 sur 4" in page and "« Utile »" in page
        assert "Présences à noter" not in said(browser.get("/"))
    session.refresh_from_db()
    assert session.present == 1


def test_a_sheet_is_not_of_elsewhere(cast):
    (session,) = sessions_of(action(cast))
    with tenant(actor(cast.charity, after(session))) as acting, pytest.raises(NotVisible):
        record_attendance(acting, session=session, marks={session.pk: "present"})


def test_the_title_of_a_sheet_is_neutral(cast):
    assert sheet_title(action(cast, name="Atelier RSA et budget")) == "Action collective"
    assert sheet_title(action(cast, name="Cuisine")) == "Cuisine"
    assert sheet_title(action(cast, name="Autre", sheet_title="Matinée")) == "Matinée"


def test_calling_off_tells_each_prescriber_once_with_a_count(cast):
    made = action(cast, capacity=5)
    (session,) = sessions_of(made)
    for n in range(2):
        enrolled(cast, person(cast, first_names=f"Invente{n}"), session)
    browser = client(cast.charity)
    assert browser.post(f"{ROOT}{made.pk}/annuler/", {"reason": "Salle fermée"}).status_code == 302
    with tenant(actor(cast.social_worker)):
        (notice,) = Notification.objects.filter(kind="session_changed")
        assert notice.payload["state"] == "cancelled"
    page = said(client(cast.udaf_worker).get(f"{ROOT}{made.pk}/"))
    assert "Cette action est annulée." in page and "Salle fermée" in page
    assert "Atelier budget" not in said(client(cast.udaf_worker).get(ROOT))


def test_people_reached_are_counted_once_across_hosts_and_sessions(cast):
    who = person(cast)
    decision(cast, who)
    beside = {cast.charity: [cast.siae], cast.siae_worker: []}
    held = [sessions_of(action(cast, by=by, name="Action", co_hosts=also))[0] for by, also in beside.items()]
    rows = [enrolled(cast, who, one)[0] for one in held]
    for member, session, row in zip((cast.charity, cast.siae_worker), held, rows, strict=True):
        with tenant(actor(member, after(session))) as acting:
            record_attendance(acting, session=session, marks={row.pk: "present"})
    with tenant(actor(cast.officer_metz, after(held[0]))) as acting:
        found = action_measures(acting)
        over = actions_list(acting, {"box": "past"})
    assert [line.sessions for line in over.lines] == [[held[1]], [held[0]]]  # the latest first
    assert (found.sessions, found.people, found.present, found.seats) == (2, 1, 2, 4)
    assert (found.fill_rate, found.attendance_rate) == (50, 100)
    for member, sessions in ((cast.charity, 1), (cast.siae_worker, 2)):  # what one co-hosts is one's own figure too
        with tenant(actor(member, after(held[0]))) as acting:
            found = action_measures(acting)
            assert (found.sessions, found.people, found.present) == (sessions, 1, sessions)


def test_professionals_enrol_themselves_and_their_managers_see_it(cast):
    made = action(cast, by=cast.officer_metz, name="Échange", audience="professionals")
    (session,) = sessions_of(made)
    url = f"{ROOT}seances/{session.pk}/"
    browser = client(cast.udaf_worker)
    assert "M'inscrire" in browser.get(url).content.decode().replace("&#x27;", "'")
    assert browser.post(f"{url}venir/").status_code == 302
    for member, seen in ((cast.udaf_lead, True), (cast.officer_metz, True), (cast.siae_worker, False)):
        assert ("Udaf Worker" in said(client(member).get(url))) == seen
    with tenant(actor(cast.udaf_worker)) as acting:
        one = Enrolment.objects.get()
        assert one.beneficiary_id is None and one.member_id == acting.user_id
    assert client(cast.social_worker).get(f"{ROOT}{made.pk}/inscrire/").status_code == 404


def test_the_directory_finds_actions_and_leads_to_them(cast):
    made = action(cast)
    browser = client(cast.udaf_worker)
    page = said(browser.get("/repertoire/", {"nature": "action", "places": "left"}))
    assert "Atelier budget" in page and "Action collective" in page and "Places restantes" in page
    assert browser.get(f"/repertoire/{made.service_id}/").url == f"{ROOT}{made.pk}/"
    assert "Atelier budget" not in said(browser.get("/repertoire/", {"nature": "post"}))


def test_sessions_stand_in_the_shared_calendar(cast):
    (session,) = sessions_of(action(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        day = session.starts_at.date()
        query = CalendarQuery(day - timedelta(days=1), day + timedelta(days=1), CalendarAsked(places="1"))
        (item,) = calendar_items(acting, query)
    assert (item.title, item.free) == ("Atelier budget", 2) and str(session.pk) in item.uid


def test_the_api_does_what_pages_do(cast):
    browser = client(cast.charity)

    def post(path, body, by=browser):
        return by.post(f"/api/v1/{path}", body, content_type="application/json")

    made = post("collective-actions/", {"organization": str(cast.association.pk), "name": "Par machine"}).json()
    one = f"collective-actions/{made['id']}/"
    assert post(f"{one}publish/", {}).json()["code"] == "no_session"
    dates = {"starts_at": "2099-03-02T09:30:00+01:00", "capacity": 1, "place": "Salle", "times": 2}
    refused = post(f"{one}sessions/", dates | {"starts_at": "9999-12-31T23:59:00+01:00"})
    assert (refused.status_code, "starts_at" in refused.json()["fields"]) == (400, True)
    made = post(f"{one}sessions/", dates).json()
    assert post(f"{one}publish/", {}).json()["state"] == "published"
    worker = client(cast.social_worker)
    body = {"session": made["sessions"][0]["id"], "informed_on": f"{actor(cast.head).today}"}
    first, second = (
        post("enrolments/", body | {"beneficiary": str(person(cast, first_names=name).pk)}, worker).json()[0]
        for name in ("Une", "Deux")
    )
    assert (first["state"], second["state"], second["rank"]) == ("enrolled", "waiting", 1)
    assert post(f"enrolments/{first['id']}/give-up/", {}, worker).json()["state"] == "cancelled"
    listed = worker.get("/api/v1/collective-actions/").json()["results"][0]["sessions"][0]
    assert (listed["taken"], listed["waiting"], listed["free"]) == (1, 0, 0)
    assert client(cast.siae_worker).get("/api/v1/enrolments/").json()["count"] == 0
