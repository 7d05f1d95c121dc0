"""Referrals' screens through HTTP: composer, inbox, record, gestures, and who learns what."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from partners.services.directory.writing import create_service
from partners.services.organizations import add_closing_period, create_team
from referrals.gestures import GESTURES, open_gestures
from referrals.models import PersonReason, Referral, ReferralLog
from referrals.services import referrals as services
from tests.cast import actor, client
from tests.people import decision, open_day, person, referral, reread

pytestmark = pytest.mark.django_db
CARD = {"need": "Un premier emploi", "informed_on": "2026-07-01"}


def act(member, sent, name, **data):
    return client(member).post(f"/orientations/{sent.pk}/{name}/", data)


def text_of(member, path, **data):
    answer = client(member).get(path, data)
    assert answer.status_code == 200, answer.content.decode()[-1500:]
    return answer.content.decode()


def found_in(cast):
    with tenant(actor(cast.social_worker)):
        return Referral.objects.get()


def test_compose_by_search_then_send(cast):
    who = person(cast)
    address = f"/personnes/{who.pk}/orienter/"
    assert "Chantier Fictif" in text_of(cast.social_worker, address, q="chantier metz")
    assert "Épicerie" not in text_of(cast.social_worker, address, q="chantier")
    fragment = client(cast.social_worker).get(address, {"q": "epicerie"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode() and "Épicerie Fictive" in fragment.content.decode()
    answer = client(cast.social_worker).post(f"{address}?to={cast.siae.pk}", CARD | {"action": "send"}, follow=True)
    assert "Orientation envoyée à Chantier Fictif" in answer.content.decode()
    assert found_in(cast).state == "sent"


def test_a_draft_is_kept_then_completed_and_sent(cast):
    who = person(cast)
    address = f"/personnes/{who.pk}/orienter/"
    saved = client(cast.social_worker).post(f"{address}?to={cast.siae.pk}", {"need": "Un emploi", "action": "draft"})
    assert saved.status_code == 302
    draft = found_in(cast)
    assert client(cast.siae_worker).get(f"/orientations/{draft.pk}/").status_code == 404
    assert "Un emploi" in text_of(cast.social_worker, "/orientations/", box="drafts")
    assert "Compléter et envoyer" in text_of(cast.social_worker, f"/orientations/{draft.pk}/")
    unfinished = client(cast.social_worker).post(f"{address}?draft={draft.pk}", {"need": "Un emploi", "action": "send"})
    assert unfinished.status_code == 400
    assert 'id="id_informed_on_error"' in unfinished.content.decode()
    assert reread(cast, draft).state == "draft"
    sent = client(cast.social_worker).post(f"{address}?draft={draft.pk}", CARD | {"action": "send"})
    assert sent.status_code == 302
    assert reread(cast, draft).state == "sent"
    assert client(cast.social_worker).get(f"{address}?draft={draft.pk}").status_code == 409


def test_a_withdrawn_draft_is_never_known_to_the_receiver(cast):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        draft = services.draft_referral(acting, person=who, receiver=cast.siae, need="SECRET")
    assert act(cast.social_worker, draft, "cancel", note="Finalement non").status_code == 302
    assert client(cast.siae_worker).get(f"/orientations/{draft.pk}/").status_code == 404
    assert "SECRET" not in text_of(cast.siae_worker, "/orientations/", state="all")


def test_a_duplicate_is_shown_and_sent_with_a_reason(cast):
    who = person(cast)
    referral(cast, who)
    address = f"/personnes/{who.pk}/orienter/?to={cast.siae.pk}"
    shown = client(cast.social_worker).post(address, CARD | {"action": "send"})
    assert shown.status_code == 409
    assert "encore ouverte" in shown.content.decode() and 'name="duplicate_reason"' in shown.content.decode()
    with tenant(actor(cast.social_worker)):
        assert Referral.objects.count() == 1
    again = CARD | {"action": "send", "duplicate_reason": "Autre poste"}
    assert client(cast.social_worker).post(address, again).status_code == 302


def test_the_composer_warns_of_closed_and_slow_receivers(cast):
    today = datetime.now(UTC).date()
    with tenant(actor(cast.siae_worker)) as acting:
        add_closing_period(acting, organization=cast.siae, starts_on=today, ends_on=today + timedelta(days=3))
    long_ago = datetime.now(UTC) - timedelta(days=40)
    for n in range(3):
        sent = referral(cast, person(cast, last_name=f"LENT{n}"), to=cast.association, now=long_ago)
        with tenant(actor(cast.charity, long_ago + timedelta(days=20))) as acting:
            services.accept_referral(acting, referral=sent)
    who = person(cast)
    closed = text_of(cast.social_worker, f"/personnes/{who.pk}/orienter/", to=str(cast.siae.pk))
    assert "fermé du" in closed and "répond d&#x27;habitude" not in closed
    slow = text_of(cast.social_worker, f"/personnes/{who.pk}/orienter/", to=str(cast.association.pk))
    assert "répond d&#x27;habitude" in slow and "fermé du" not in slow


def test_team_to_team_inside_one_organisation(cast):
    who = person(cast)
    address = f"/personnes/{who.pk}/orienter/?to={cast.moselle.pk}"
    assert client(cast.social_worker).post(address, CARD | {"action": "send"}).status_code == 400
    given = CARD | {"action": "send", "receiver_team": str(cast.cms_thionville.pk)}
    assert client(cast.social_worker).post(address, given).status_code == 302
    assert "CMS Thionville" in text_of(cast.social_worker, "/orientations/", box="sent")


def test_inbox_boxes_counts_and_words(cast):
    who = person(cast, last_name="ATTENDUE")
    old = referral(cast, who, now=datetime.now(UTC) - timedelta(days=30))
    referral(cast, person(cast, last_name="NEUVE"))
    received = text_of(cast.siae_worker, "/orientations/")
    assert "ATTENDUE" in received and "NEUVE" in received
    assert "réponse en retard de" in received and "en retard de" in received
    late = client(cast.social_worker).get("/orientations/", {"box": "late"}).context["found"]
    assert [line.referral.pk for line in late.lines] == [old.pk]
    assert late.counts == {"received": 0, "sent": 2, "late": 1, "drafts": 0}
    client(cast.siae_worker).post(f"/orientations/{old.pk}/lue/")
    assert "Siae Worker FICTIF" in text_of(cast.social_worker, "/orientations/", box="sent")


def test_the_inbox_costs_six_queries_whatever_its_length(cast):
    def queries(member):
        browser = client(member)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/orientations/").status_code == 200
        sql = [query["sql"] or "" for query in captured.captured_queries]
        own = ("referrals_", "partners_department", "partners_membership")
        return [one for one in sql if one is None or any(f'FROM "{table}' in one for table in own)]  # compiled: no text

    for n in range(2):
        referral(cast, person(cast, last_name=f"DEUX{n}"))
    few = {name: len(queries(getattr(cast, name))) for name in ("siae_worker", "social_worker")}
    for n in range(23):
        referral(cast, person(cast, last_name=f"VINGT{n}"))
    many = {name: len(queries(getattr(cast, name))) for name in few}
    frame = 1  # the memberships of the user, read once for the actor and for the frame
    assert few == many
    assert max(many.values()) - frame <= 6, many


def test_foreign_and_random_referrals_answer_the_same_bytes(cast):
    sent = referral(cast, person(cast))
    for member in (cast.charity, cast.other_officer):
        for path in ("", "proposer/"):
            foreign = client(member).get(f"/orientations/{sent.pk}/{path}")
            random = client(member).get(f"/orientations/{uuid.uuid4()}/{path}")
            assert foreign.status_code == random.status_code == 404
            assert foreign.content == random.content
        for name in ("accept", "decline", "cancel", "lue", "revenir", "nonsense"):
            foreign, random = act(member, sent, name), act(member, Referral(), name)
            assert foreign.status_code == random.status_code == 404
            assert foreign.content == random.content
    assert reread(cast, sent).state == "sent"


def test_a_get_writes_nothing_and_the_page_posts_that_it_was_read(cast):
    sent = referral(cast, person(cast))
    shown = text_of(cast.siae_worker, f"/orientations/{sent.pk}/")
    assert f'action="/orientations/{sent.pk}/lue/"' in shown
    assert reread(cast, sent).seen_at is None
    assert 'id="lecture"' not in text_of(cast.social_worker, f"/orientations/{sent.pk}/")
    assert client(cast.siae_worker).post(f"/orientations/{sent.pk}/lue/").status_code == 204
    assert reread(cast, sent).seen_by_id == cast.siae_worker.user_id
    assert "Siae Worker FICTIF" in text_of(cast.social_worker, f"/orientations/{sent.pk}/")


def test_a_gesture_s_address_opened_as_a_page_leads_to_the_referral(cast):
    sent = referral(cast, person(cast))
    for name in ("accept", "revenir"):
        answer = client(cast.siae_worker).get(f"/orientations/{sent.pk}/{name}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/orientations/{sent.pk}/")
        assert client(cast.charity).get(f"/orientations/{sent.pk}/{name}/").status_code == 404
    assert client(cast.siae_worker).get(f"/orientations/{sent.pk}/inconnu/").status_code == 404
    assert reread(cast, sent).state == "sent"


def test_a_person_s_file_says_that_an_answer_is_awaited_until_it_is_told(cast):
    who = person(cast)
    decision(cast, who)  # designates UDAF
    address = f"/personnes/{who.pk}/"
    assert "Une orientation attend sa réponse" in text_of(cast.social_worker, address)
    assert "Une orientation attend votre réponse" in text_of(cast.udaf_lead, address)
    with tenant(actor(cast.social_worker)):
        sent = Referral.objects.get(beneficiary=who)
    assert act(cast.udaf_lead, sent, "acknowledge", state="sent").status_code == 302
    assert "Une orientation attend" not in text_of(cast.udaf_lead, address)


def test_an_answer_waits_twenty_seconds_in_secret_and_is_taken_back(cast):
    sent = referral(cast, person(cast))
    answer = act(cast.siae_worker, sent, "decline", reason="no_place", state="sent")
    assert answer.status_code == 302
    mine = text_of(cast.siae_worker, f"/orientations/{sent.pk}/")
    assert "sera prévenu dans" in mine and "Annuler" in mine and "est prévenu" not in mine
    theirs = text_of(cast.social_worker, f"/orientations/{sent.pk}/")
    assert "Refusée" not in theirs and "Pas de place" not in theirs and "Envoyée" in theirs
    assert "Refusée" not in text_of(cast.social_worker, "/orientations/", box="sent", state="all").split("<tbody>")[1]
    assert client(cast.siae_worker).post(f"/orientations/{sent.pk}/revenir/").status_code == 302
    assert reread(cast, sent).state == "sent"


def test_a_receiver_who_declined_keeps_the_referral_and_loses_the_person(cast):
    sent = referral(cast, person(cast, last_name="FERMEE"), note="Message gardé")
    act(cast.siae_worker, sent, "decline", reason="no_place")
    shown = text_of(cast.siae_worker, f"/orientations/{sent.pk}/")
    assert "FERMEE" not in shown and "Dossier fermé" in shown
    assert "FERMEE" not in text_of(cast.siae_worker, "/orientations/", state="all")


def test_every_gesture_on_the_page_works(cast):
    """From the first answer to the closed loop, only through forms the page shows."""
    sent = referral(cast, person(cast))
    assert act(cast.siae_worker, sent, "waitlist", rank="3").status_code == 302
    assert act(cast.siae_worker, sent, "accept", note="Bienvenue").status_code == 302
    assert act(cast.siae_worker, sent, "appointment", on=f"{open_day()}", at="10:00", mode="on_site").status_code == 302
    assert act(cast.siae_worker, sent, "start").status_code == 302
    assert act(cast.siae_worker, sent, "pause", review_on="2099-01-01", note="Arrêt").status_code == 302
    assert act(cast.siae_worker, sent, "resume").status_code == 302
    refused = act(cast.siae_worker, sent, "complete", outcome="")
    assert refused.status_code == 400 and 'id="id_complete_outcome_error"' in refused.content.decode()
    assert act(cast.siae_worker, sent, "complete", outcome="iae_entry").status_code == 302
    assert "J&#x27;ai lu le résultat" in text_of(cast.social_worker, f"/orientations/{sent.pk}/")
    assert act(cast.social_worker, sent, "acknowledge_outcome").status_code == 302
    assert reread(cast, sent).closed_loop_at is not None
    assert "plus rien n&#x27;est attendu" in text_of(cast.social_worker, f"/orientations/{sent.pk}/")


def test_an_answer_that_was_acted_upon_is_not_taken_back(cast):
    sent = referral(cast, person(cast))
    act(cast.siae_worker, sent, "accept")
    assert act(cast.siae_worker, sent, "start", mode="on_site").status_code == 302
    back = client(cast.siae_worker).post(f"/orientations/{sent.pk}/revenir/")
    assert back.status_code == 409
    assert "trop tard" in back.content.decode()
    assert reread(cast, sent).state == "in_progress"


def test_redirect_is_proposed_by_search_and_confirmed_in_one_click(cast):
    sent = referral(cast, person(cast))
    assert "Épicerie" in text_of(cast.siae_worker, f"/orientations/{sent.pk}/proposer/", q="epicerie")
    proposed = client(cast.siae_worker).post(
        f"/orientations/{sent.pk}/proposer/?to={cast.association.pk}", {"note": "Mieux placée"}
    )
    assert proposed.status_code == 302
    shown = text_of(cast.social_worker, f"/orientations/{sent.pk}/")
    assert "Épicerie Fictive" in shown and "Mieux placée" in shown
    answer = act(cast.social_worker, sent, "confirm_redirect", state="sent")
    assert answer.status_code == 302 and str(sent.pk) not in answer["Location"]
    assert "Avant et après" in text_of(cast.social_worker, answer["Location"])
    assert client(cast.charity).get(answer["Location"]).status_code == 200


def test_designations_are_acknowledged_contested_maintained_never_declined(cast):
    who = person(cast)
    decision(cast, who)
    sent = found_in(cast)
    shown = text_of(cast.udaf_lead, f"/orientations/{sent.pk}/")
    assert "Prendre en compte" in shown and "Contester" in shown and "Refuser" not in shown
    refused = act(cast.udaf_lead, sent, "decline", reason="no_place")
    assert refused.status_code == 409
    assert act(cast.udaf_lead, sent, "contest", reason="capacity").status_code == 302
    assert act(cast.social_worker, sent, "maintain").status_code == 302
    assert act(cast.udaf_lead, sent, "acknowledge").status_code == 302
    assert "Prise en compte" in text_of(cast.udaf_lead, f"/orientations/{sent.pk}/")
    assert act(cast.udaf_lead, sent, "complete", outcome="first_appointment").status_code == 302


def test_a_stale_form_shows_the_present_state_and_changes_nothing(cast):
    sent = referral(cast, person(cast))
    act(cast.siae_worker, sent, "accept", state="sent")
    stale = act(cast.siae_worker, sent, "waitlist", rank="1", state="sent")
    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Acceptée" in page and "Rien n'a été modifié" in page and "Commencer le suivi" in page
    assert reread(cast, sent).state == "accepted"
    illegal = act(cast.siae_worker, sent, "decline", reason="no_place")
    assert illegal.status_code == 409 and reread(cast, sent).state == "accepted"


def test_reasons_of_the_person_are_for_sender_and_referent_only(cast):
    who = person(cast)
    decision(cast, who)
    sent = referral(cast, who)
    missing = act(cast.siae_worker, sent, "decline", reason="unreachable")
    assert missing.status_code == 400 and 'id="id_decline_met_how_error"' in missing.content.decode()
    given = {"reason": "unreachable", "met_how": "CANARI appels", "note": "CANARI note"}
    assert act(cast.siae_worker, sent, "decline", **given).status_code == 302
    later = Actor.system(cast.department.pk, datetime.now(UTC) + timedelta(minutes=1))
    with tenant(later) as acting:
        services.release_answer(acting, referral=Referral.objects.get(pk=sent.pk))
    address = f"/orientations/{sent.pk}/"
    for member in (cast.social_worker, cast.udaf_lead):  # the sender, the referent
        assert "Injoignable" in text_of(member, address).split('id="journal"')[1]
    third = person(cast, last_name="TIERCE")
    decision(cast, third, track="professional", to=cast.pole_emploi)
    other = referral(cast, third, by=cast.adviser)
    act(cast.siae_worker, other, "decline", **given)
    with tenant(later) as acting:
        services.release_answer(acting, referral=Referral.objects.get(pk=other.pk))
    seen_by_third = text_of(cast.social_worker, f"/orientations/{other.pk}/")
    assert "Refusée" in seen_by_third
    assert "Injoignable" not in seen_by_third and "CANARI" not in seen_by_third


def test_the_page_offers_what_the_services_allow(cast):
    """No button that fails, on either side, in any state reached here."""
    who = person(cast)
    sent = referral(cast, who)
    with tenant(actor(cast.siae_worker)) as acting:
        names = {gesture.name for gesture in open_gestures(acting, sent)}
    assert names == {"accept", "waitlist", "decline", "propose_redirect"}
    with tenant(actor(cast.social_worker)) as acting:
        assert {gesture.name for gesture in open_gestures(acting, sent)} == {"cancel", "enter_in_error"}
    with tenant(actor(cast.head)) as acting:
        assert {gesture.name for gesture in open_gestures(acting, sent)} == {"cancel", "enter_in_error"}
    assert len({gesture.name for gesture in GESTURES}) == len(GESTURES)


def test_today_shows_what_waits_and_answers_in_place(cast):
    who = person(cast, last_name="AUJOURDHUI")
    sent = referral(cast, who)
    shown = text_of(cast.siae_worker, "/")
    assert "AUJOURDHUI" in shown and f"/orientations/{sent.pk}/accept/" in shown
    done = client(cast.siae_worker).post(
        f"/orientations/{sent.pk}/accept/", headers={"Referer": "http://testserver/"}, follow=True
    )
    assert done.redirect_chain == [("/", 302)]
    assert f'action="/orientations/{sent.pk}/revenir/"' in done.content.decode()
    with tenant(actor(cast.siae_worker)) as acting:
        services.complete_referral(acting, referral=Referral.objects.get(pk=sent.pk), outcome="started")
    assert "Résultats à lire" in text_of(cast.social_worker, "/")
    assert "Sans référent" in text_of(cast.officer_metz, "/")


def test_teams_answer_for_themselves_inside_an_organisation(cast):
    who = person(cast)
    with tenant(actor(cast.udaf_lead)) as acting:
        other_team = create_team(acting, organization=cast.udaf, name="Insertion")
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        sent = services.send_referral(
            acting, person=who, receiver=cast.udaf, receiver_team=other_team, need="Atelier", informed_on=acting.today
        )
        assert "accept" not in {gesture.name for gesture in open_gestures(acting, sent)}
    assert act(cast.udaf_worker, sent, "accept").status_code == 403
    assert act(cast.udaf_lead, sent, "accept").status_code == 302


def test_journal_names_both_sides(cast):
    sent = referral(cast, person(cast))
    act(cast.siae_worker, sent, "accept", note="À lundi")
    shown = text_of(cast.siae_worker, f"/orientations/{sent.pk}/").split('id="journal"')[1]
    assert "Social Worker FICTIF · Département de la Moselle" in shown
    assert "Siae Worker FICTIF · Chantier Fictif" in shown and "À lundi" in shown
    with tenant(actor(cast.siae_worker)):
        assert ReferralLog.objects.filter(referral=sent).count() == 2
    assert set(PersonReason.values)


def test_control_sees_no_referral(cast):
    sent = referral(cast, person(cast))
    assert client(cast.controller).get("/orientations/").status_code == 403
    assert client(cast.controller).get(f"/orientations/{sent.pk}/").status_code == 403


def test_a_sensitive_service_makes_the_referral_sensitive(cast):
    with tenant(Actor.system(cast.department.pk)) as acting:
        service = create_service(acting, organization=cast.association, name="Écoute", themes=["sante--addictions"])
    who = person(cast)
    given = CARD | {"action": "send", "service": str(service.pk)}
    answer = client(cast.social_worker).post(f"/personnes/{who.pk}/orienter/?to={cast.association.pk}", given)
    assert answer.status_code == 302
    assert found_in(cast).sensitive
    assert client(cast.head).get(answer["Location"]).status_code == 200  # a manager of the sending organisation
    assert "Sensible" in text_of(cast.charity, answer["Location"])


def test_withdrawing_a_draft_tells_nobody(cast):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        draft = services.draft_referral(acting, person=who, receiver=cast.siae, need="Un emploi")
    act(cast.social_worker, draft, "cancel", note="Finalement non")
    with tenant(actor(cast.siae_worker)):
        assert not Notification.objects.exists()
