"""Invitations: one address, one use, a few days; every dead link answers the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from hub.core.crypto import token_hash
from hub.core.errors import Conflict, Invalid, Refused
from partners.models import Invitation, Membership, User
from partners.services.deliveries import deliver_invitations, lost_deliveries
from partners.services.invitations import resend_invitation, revoke_invitation
from partners.services.members import deactivate_member
from tests.cast import PASSWORD, actor, client
from tests.partners.helpers import invite, link_of

ANSWER = {"first_name": "Camille", "last_name": "FICTIF", "password": PASSWORD, "again": PASSWORD}
NEW = "nouvelle@exemple.invalid"


def test_an_invited_person_opens_an_account_and_acts_at_once(cast):
    link = link_of(invite(cast.udaf_lead, functions=["counselling"], team=cast.udaf_support, territories=[cast.metz]))
    browser = Client()
    assert NEW in browser.get(link).text
    assert browser.post(link, ANSWER).status_code == 302
    member = Membership.objects.get(user__email=NEW)
    assert (member.organization, member.team, member.functions) == (cast.udaf, cast.udaf_support, ["counselling"])
    assert list(member.territories.all()) == [cast.metz]
    assert browser.get(reverse("account")).status_code == 200


def test_invitation_reuse_refused(cast):
    link = link_of(invite(cast.udaf_lead))
    assert Client().post(link, ANSWER).status_code == 302
    again = Client().post(link, ANSWER | {"first_name": "Intrus"})
    assert again.status_code == 404
    assert User.objects.get(email=NEW).first_name == "Camille"


def test_invitation_expired_refused(cast):
    invitation = invite(cast.udaf_lead)
    link = link_of(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().post(link, ANSWER).status_code == 404
    assert not User.objects.filter(email=NEW).exists()


def test_every_dead_link_answers_the_same_page(cast):
    used = invite(cast.udaf_lead, email="usee@exemple.invalid")
    used_link = link_of(used)
    Client().post(used_link, ANSWER)
    expired = invite(cast.udaf_lead, email="expiree@exemple.invalid")
    expired_link = link_of(expired)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=datetime.now(UTC))
    revoked = invite(cast.udaf_lead, email="retiree@exemple.invalid")
    revoked_link = link_of(revoked)
    revoke_invitation(actor(cast.udaf_lead), invitation=revoked)
    answers = [Client().get(link) for link in (used_link, expired_link, revoked_link, "/invitation/inconnue/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_invitation_other_email_refused(cast):
    link = link_of(invite(cast.udaf_lead))
    browser = client(cast.charity)
    for answer in (browser.get(link), browser.post(link)):
        assert answer.status_code == 403
        assert NEW not in answer.text
    assert Membership.objects.filter(user=cast.charity.user).count() == 1
    assert Invitation.objects.get(email=NEW).accepted_at is None


def test_a_form_cannot_choose_another_address(cast):
    link = link_of(invite(cast.udaf_lead))
    Client().post(link, ANSWER | {"email": "intrus@exemple.invalid"})
    assert User.objects.filter(email=NEW).exists()
    assert not User.objects.filter(email="intrus@exemple.invalid").exists()


def test_an_account_with_this_address_signs_in_first_then_joins(cast):
    link = link_of(invite(cast.udaf_lead, email=cast.charity.user.email))
    stranger = Client().get(link)
    assert "Connectez-vous" in stranger.text
    refused = Client().post(link, ANSWER)
    assert "Connectez-vous" in refused.text
    browser = client(cast.charity)
    before = browser.session.session_key
    assert browser.post(link).status_code == 302
    assert Membership.objects.filter(user=cast.charity.user, organization=cast.udaf).exists()
    assert browser.session.session_key != before


@pytest.mark.parametrize("password", ["court", "nouvelle@exemple.invalid", "aaaaaaaaaaaaa"])
def test_a_weak_password_is_refused(cast, password):
    link = link_of(invite(cast.udaf_lead))
    answer = Client().post(link, ANSWER | {"password": password, "again": password})
    assert answer.status_code == 422
    assert not User.objects.filter(email=NEW).exists()


def test_two_different_passwords_are_refused(cast):
    link = link_of(invite(cast.udaf_lead))
    answer = Client().post(link, ANSWER | {"again": PASSWORD + "!"})
    assert (answer.status_code, "différents" in answer.text) == (422, True)


def test_sending_again_makes_a_new_link_and_kills_the_old_one(cast):
    invitation = invite(cast.udaf_lead)
    old = link_of(invitation)
    new = link_of(resend_invitation(actor(cast.udaf_lead), invitation=invitation))
    assert old != new
    assert [Client().get(link).status_code for link in (old, new)] == [404, 200]


def test_inviting_again_replaces_the_pending_invitation(cast):
    first = invite(cast.udaf_lead)
    second = invite(cast.udaf_lead, functions=["counselling"])
    assert first.pk == second.pk
    assert Invitation.objects.get().functions == ["counselling"]


def test_it_expires_after_the_departments_delay(cast):
    invitation = invite(cast.udaf_lead)
    assert invitation.expires_at - invitation.sent_at == timedelta(days=7)
    cast.department.delays = {"invitation": 2}
    cast.department.save()
    assert invite(cast.udaf_lead).expires_at - Invitation.objects.get().sent_at == timedelta(days=2)


def test_only_a_hash_is_kept(cast):
    invitation = invite(cast.udaf_lead)
    token = link_of(invitation).rstrip("/").rpartition("/")[2]
    invitation.refresh_from_db()
    assert invitation.token_hash == token_hash(token)


def test_an_active_member_is_not_invited_twice(cast):
    with pytest.raises(Conflict):
        invite(cast.udaf_lead, email=cast.udaf_worker.user.email.upper())


def test_a_former_member_comes_back_by_invitation(cast):
    deactivate_member(actor(cast.udaf_lead), membership=cast.udaf_worker)
    link = link_of(invite(cast.udaf_lead, email=cast.udaf_worker.user.email))
    assert client(cast.udaf_worker).post(link).status_code == 302
    cast.udaf_worker.refresh_from_db()
    assert cast.udaf_worker.active


def test_the_mail_says_no_more_than_it_must(cast):
    link_of(invite(cast.udaf_lead, first_name="Camille", last_name="FICTIF"))
    message = mail.outbox[-1]
    assert message.to == [NEW]
    assert "<" not in message.body
    assert cast.udaf_lead.user.email not in message.body
    assert "UDAF de la Moselle" in message.body and "UDAF" not in message.subject


def test_a_mail_leaves_once(cast):
    invitation = invite(cast.udaf_lead)
    now = datetime.now(UTC)
    assert [deliver_invitations([invitation.pk], now=now) for _ in range(2)] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_refusing_mail_server_loses_nothing(cast, settings):
    invitation = invite(cast.udaf_lead)
    settings.EMAIL_BACKEND = "tests.partners.broken_mail.BrokenBackend"
    assert deliver_invitations([invitation.pk], now=datetime.now(UTC)) == 0
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert list(lost_deliveries(later)) == [[invitation.pk]]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_invitations([invitation.pk], now=later) == 1
    assert list(lost_deliveries(later)) == []


def test_a_mail_leaves_only_after_commit(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        invite(cast.udaf_lead)
    assert len(callbacks) == 1


def test_a_manager_invites_to_his_own_organization_only(cast):
    with pytest.raises(Refused):
        invite(cast.udaf_lead, organization=cast.siae)
    with pytest.raises(Refused):
        invite(cast.udaf_worker)
    assert invite(cast.admin, organization=cast.siae).organization == cast.siae


def test_a_foreign_team_or_territory_is_refused(cast):
    with pytest.raises(Invalid):
        invite(cast.udaf_lead, team=cast.agency_metz)
    with pytest.raises(Invalid):
        invite(cast.udaf_lead, territories=[cast.other_territory])


def test_the_report_lists_what_expired(cast):
    invitation = invite(cast.udaf_lead)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=datetime.now(UTC))
    page = client(cast.udaf_lead).get(reverse("invitations"), {"state": "expired"})
    assert (NEW in page.text, "Expirée" in page.text) == (True, True)
    assert NEW not in client(cast.udaf_lead).get(reverse("invitations"), {"state": "waiting"}).text
    assert NEW not in client(cast.charity).get(reverse("invitations")).text


def test_inviting_by_the_screen(cast):
    browser = client(cast.udaf_lead)
    url = reverse("invitation_new", args=[cast.udaf.pk])
    assert browser.get(url).status_code == 200
    answer = browser.post(url, {"email": NEW, "role": "member", "functions": ["counselling"]})
    assert answer.status_code == 302
    invitation = Invitation.objects.get(email=NEW)
    assert browser.post(reverse("invitation_resend", args=[invitation.pk])).status_code == 302
    assert browser.post(reverse("invitation_revoke", args=[invitation.pk])).status_code == 302
    assert not Invitation.objects.exists()
