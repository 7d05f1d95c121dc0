"""Answering without an account: a signed link, a code to the organisation's box, one card, two gestures."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from hub.core.actor import Actor
from hub.core.errors import TooMany
from hub.core.gate import tenant
from partners.actors import guest_of
from partners.models import Organization
from partners.services.members import deactivate_member
from partners.services.organizations import edit_contact
from referrals.models import AnswerLink, LinkOpening, Referral
from referrals.services.answer_links import ask_code, get_link, renew_link, token_of
from referrals.services.answer_mails import links_to_mail, mail_link
from referrals.services.referrals import cancel_referral, release_answer
from referrals.tasks import sweep_answer_links
from tests.cast import actor, client
from tests.people import decision, person, referral, reread

pytestmark = pytest.mark.django_db
BOX = "accueil@exemple.invalid"
LINK = re.compile(r"http\S+(/reponse/\S+/)")
CODE = re.compile(r"Votre code : (\d{3} \d{3})")
WHO = {"name": "Claude FICTIF", "function": "Directrice"}
NAME, NEED, NOTE = "CANARI", "Un besoin très personnel", "Un message très personnel"


@pytest.fixture
def who(cast):
    """Somebody whose every word must stay behind the code."""
    return person(cast, last_name=NAME, phone="0600000057")


@pytest.fixture
def sent(cast, who) -> Referral:
    """A proposal to an organisation with a box, where nobody has an account any more."""
    give_box(cast.siae)
    deactivate_member(actor(cast.admin), membership=cast.siae_worker)
    return referral(cast, who, need=NEED, note=NOTE)


def give_box(organization, *, by_mail: bool = False) -> None:
    Organization.objects.filter(pk=organization.pk).update(email=BOX, answers_by_mail=by_mail)


def link_from_mail() -> str:
    sweep_answer_links()
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return found[1]


def code_from_mail() -> str:
    sweep_answer_links()
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    return found[1]


def opened(link: str) -> Client:
    """A browser that typed the right code."""
    browser = Client()
    assert browser.post(f"{link}code/").status_code == 302
    answer = browser.post(f"{link}ouvrir/", WHO | {"code": code_from_mail()})
    assert answer.status_code == 302, answer.text
    return browser


def link_row(cast, sent: Referral) -> AnswerLink:
    with tenant(Actor.system(cast.department.pk)):
        return AnswerLink.objects.get(referral=sent)


def later(cast, sent: Referral, **changes) -> None:
    with tenant(Actor.system(cast.department.pk)):
        AnswerLink.objects.filter(referral=sent).update(**changes)


def test_accepted_from_the_mail_to_the_senders_screen(cast, sent):
    link = link_from_mail()
    assert mail.outbox[-1].to == [BOX]
    browser = opened(link)
    card = browser.get(link).text
    assert all(words in card for words in (NAME, NEED, NOTE, "06 00 00 00 57"))
    assert "Refuser" in card and "Mettre en liste" not in card
    assert browser.post(f"{link}accept/", {"note": "Venez lundi"}).status_code == 302
    assert "sera prévenu dans" in browser.get(link).text
    answered = reread(cast, sent)
    assert answered.state == "accepted" and answered.answer_note == "Venez lundi" and answered.seen_at
    assert "Claude FICTIF" not in client(cast.social_worker).get(f"/orientations/{sent.pk}/").text  # 20 seconds
    with tenant(Actor.system(cast.department.pk, answered.held_until)) as system:
        release_answer(system, referral=answered)
    told = client(cast.social_worker).get(f"/orientations/{sent.pk}/").text
    assert "Répondu sans compte par Claude FICTIF, Directrice" in told


def test_a_forwarded_link_shows_nothing_personal(cast, sent):
    link = link_from_mail()
    stranger = Client()
    pages = [stranger.get(link).text, stranger.post(f"{link}code/", follow=True).text]
    pages.append(stranger.post(f"{link}ouvrir/", WHO | {"code": "000000"}).text)
    assert stranger.post(f"{link}accept/").status_code == 302
    later(cast, sent, code_asked_at=datetime.now(UTC) - timedelta(minutes=2))
    opened(link)  # by the organisation itself, in its own browser
    pages.append(stranger.get(link).text)
    for text in [*pages, *(message.subject + str(message.body) for message in mail.outbox)]:
        assert not any(words in text for words in (NAME, NEED, NOTE, "06 00 00 00 57", BOX))
    assert reread(cast, sent).state == "sent"


def test_five_wrong_codes_close_the_link_until_the_sender_renews_it(cast, sent):
    link = link_from_mail()
    browser = Client()
    browser.post(f"{link}code/")
    code = code_from_mail()
    wrong = "000 000" if code != "000 000" else "111 111"
    left = [browser.post(f"{link}ouvrir/", WHO | {"code": wrong}).text for _ in range(5)]
    assert "encore 4 essais" in left[0] and "encore 1 essai." in left[3] and "fermé après cinq codes faux" in left[4]
    assert "fermé" in browser.post(f"{link}ouvrir/", WHO | {"code": code}).text
    assert browser.post(f"{link}code/").status_code == 409
    assert reread(cast, sent).state == "sent"
    page = client(cast.social_worker).get(f"/orientations/{sent.pk}/").text
    assert "cinq codes faux" in page and "Renvoyer le courriel" in page
    later(cast, sent, mailed_at=datetime.now(UTC) - timedelta(minutes=2))
    assert client(cast.social_worker).post(f"/orientations/{sent.pk}/lien/").status_code == 302
    assert opened(link_from_mail()).get(link).status_code == 200


def test_a_code_serves_once_for_thirty_minutes(cast, sent):
    link = link_from_mail()
    first = Client()
    first.post(f"{link}code/")
    code = code_from_mail()
    assert first.post(f"{link}ouvrir/", WHO | {"code": code}).status_code == 302
    assert "déjà servi" in Client().post(f"{link}ouvrir/", WHO | {"code": code}).text
    later(cast, sent, code_asked_at=datetime.now(UTC) - timedelta(minutes=2))
    first.post(f"{link}code/")
    code = code_from_mail()
    later(cast, sent, code_until=datetime.now(UTC))
    assert "expiré" in Client().post(f"{link}ouvrir/", WHO | {"code": code}).text


def test_the_card_closes_after_thirty_minutes(cast, sent):
    link = link_from_mail()
    browser = opened(link)
    with tenant(guest_of(cast.siae, cast.department.pk, datetime.now(UTC))):
        LinkOpening.objects.update(until=datetime.now(UTC))
    assert NAME not in browser.get(link).text
    assert browser.post(f"{link}accept/").status_code == 302
    assert reread(cast, sent).state == "sent"


def test_codes_are_not_asked_faster_than_once_a_minute_nor_more_than_ten_times(cast, sent):
    link_from_mail()
    now = datetime.now(UTC)
    for turn in range(10):
        with tenant(guest_of(cast.siae, cast.department.pk, now + timedelta(minutes=turn))) as someone:
            ask_code(someone, link=get_link(someone, sent.pk))
            with pytest.raises(TooMany):
                ask_code(someone, link=get_link(someone, sent.pk))
    last = guest_of(cast.siae, cast.department.pk, now + timedelta(minutes=30))
    with tenant(last) as someone, pytest.raises(TooMany):
        ask_code(someone, link=get_link(someone, sent.pk))


def test_refusing_needs_a_reason_and_closes_the_card(cast, who, sent):
    link = link_from_mail()
    browser = opened(link)
    refused = browser.post(f"{link}decline/", {"reason": "unreachable"})
    assert refused.status_code == 422 and "comment et quand" in refused.text
    assert reread(cast, sent).state == "sent"
    assert browser.post(f"{link}decline/", {"reason": "no_place"}).status_code == 302
    page = browser.get(link).text
    assert NAME not in page and "refusée" in page
    assert reread(cast, sent).reason == "no_place"


def test_an_answer_is_taken_back_by_the_same_browser_alone(cast, sent):
    link = link_from_mail()
    browser = opened(link)
    browser.post(f"{link}accept/")
    assert Client().post(f"{link}annuler/").status_code == 302
    assert reread(cast, sent).state == "accepted"
    assert browser.post(f"{link}annuler/").status_code == 302
    assert reread(cast, sent).state == "sent"
    assert NAME in browser.get(link).text


def test_a_designation_is_acknowledged_or_contested_never_declined(cast, who):
    give_box(cast.udaf, by_mail=True)
    decision(cast, who)
    link = link_from_mail()
    browser = opened(link)
    assert "Prendre en compte" in browser.get(link).text
    assert browser.post(f"{link}decline/", {"reason": "no_place"}).status_code == 404
    assert browser.post(f"{link}acknowledge/").status_code == 302
    with tenant(Actor.system(cast.department.pk)):
        assert Referral.objects.get().state == "accepted"


def test_who_receives_a_mail(cast, who):
    """Nobody to answer: always. Members: only where the organisation asked for it. No box: never."""
    give_box(cast.siae)
    give_box(cast.association, by_mail=True)
    give_box(cast.region)  # its one member posts rosters: nobody can answer
    to = [cast.siae, cast.association, cast.association2, cast.region]
    sent = [referral(cast, who, to=one) for one in to]
    sweep_answer_links()
    sweep_answer_links()
    with tenant(Actor.system(cast.department.pk)):
        linked = set(AnswerLink.objects.values_list("referral", flat=True))
    assert linked == {sent[1].pk, sent[3].pk}
    assert len(mail.outbox) == 2


def test_the_mail_leaves_once_and_again_after_a_refusal(cast, sent, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        sweep_answer_links()
    assert mail.outbox == []
    sweep_answer_links()
    sweep_answer_links()
    assert len(mail.outbox) == 1
    with tenant(Actor.system(cast.department.pk)) as system:
        assert links_to_mail(system) == []
        assert mail_link(system, AnswerLink.objects.get().pk) is False


def test_a_withdrawn_referral_ends_its_link(cast, sent):
    link = link_from_mail()
    browser = opened(link)
    with tenant(actor(cast.social_worker)) as acting:
        cancel_referral(acting, referral=sent, note="Erreur de destinataire")
    page = browser.get(link)
    assert page.status_code == 200 and "n'attend plus de réponse" in page.text and NAME not in page.text
    assert browser.post(f"{link}accept/").status_code == 409


def test_false_links_all_answer_the_same_page(cast, sent):
    link = link_from_mail()
    foreign = token_of(link_row(cast, sent))
    forged = [f"/reponse/{foreign[:-2]}xx/", "/reponse/inconnu/", link.replace("/reponse/", "/reponse/x")]
    Organization.objects.filter(pk=cast.siae.pk).update(active=False)
    answers = [Client().get(address) for address in [*forged, link]]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_signed_in_member_goes_to_the_referral(cast, sent):
    link = link_from_mail()
    answer = client(cast.social_worker).get(link)
    assert answer.status_code == 302 and answer.headers["Location"] == f"/orientations/{sent.pk}/"
    assert client(cast.charity).get(link, follow=True).status_code == 404


def test_only_the_sender_renews_and_not_within_a_minute(cast, sent):
    link_from_mail()
    assert client(cast.charity).post(f"/orientations/{sent.pk}/lien/").status_code == 404
    with tenant(actor(cast.social_worker)) as acting, pytest.raises(TooMany):
        renew_link(acting, link=get_link(acting, sent.pk))


def test_an_opening_of_one_link_opens_no_other(cast, who, sent):
    first = link_from_mail()
    browser = opened(first)
    referral(cast, who, need="Autre besoin", duplicate_reason="Un autre chantier")
    second = link_from_mail()
    assert second != first
    assert "Autre besoin" not in browser.get(second).text


def test_two_answers_at_once_by_link_and_by_member(cast, who):
    """The loser of the race sees the present state, and his answer is not kept beside it."""
    give_box(cast.siae, by_mail=True)
    sent = referral(cast, who)
    link = link_from_mail()
    browser = opened(link)
    client(cast.siae_worker).post(f"/orientations/{sent.pk}/accept/")
    lost = browser.post(f"{link}decline/", {"reason": "no_place"})
    assert lost.status_code == 409 and "Acceptée" in lost.text
    with tenant(Actor.system(cast.department.pk)):
        assert LinkOpening.objects.get().answer == ""


def test_the_composer_says_that_nobody_there_has_an_account(cast, who):
    address = f"/personnes/{who.pk}/orienter/?to={cast.siae.pk}"
    assert "de compte" not in client(cast.social_worker).get(address).text
    deactivate_member(actor(cast.admin), membership=cast.siae_worker)
    assert "appelez" in client(cast.social_worker).get(address).text
    give_box(cast.siae)
    assert "part par courriel" in client(cast.social_worker).get(address).text


def test_a_box_is_needed_to_answer_by_mail(cast):
    answer = client(cast.charity).post(
        reverse("organization_edit", args=[cast.association.pk]), {"email": "", "phone": "", "answers_by_mail": "on"}
    )
    assert answer.status_code == 422 and "Donnez l&#x27;adresse" in answer.text
    edit_contact(actor(cast.charity), organization=cast.association, email=BOX, phone="", answers_by_mail=True)
    assert Organization.objects.get(pk=cast.association.pk).answers_by_mail


def test_the_second_lock_hides_a_link_from_others(cast, sent):
    link_from_mail()
    seen = {}
    for organization in (cast.siae, cast.association, cast.moselle):
        with tenant(guest_of(organization, cast.department.pk, datetime.now(UTC))):
            seen[organization.name] = AnswerLink.objects.count()
    assert seen == {"Chantier Fictif": 1, "Épicerie Fictive": 0, "Département de la Moselle": 1}
