"""My account: switching organisation, keys, and doors that tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from hub.core.crypto import token_hash
from hub.core.errors import Conflict, Invalid, NotVisible, Refused
from partners.actors import SESSION_KEY
from partners.models import ApiToken, User
from partners.services.accounts import own_membership
from partners.services.members import add_member, deactivate_member
from partners.services.tokens import create_token, revoke_token
from tests.cast import PASSWORD, actor, client


def bearer(text: str, url: str) -> int:
    return Client().get(url, headers={"Authorization": f"Bearer {text}"}).status_code


def second_membership(cast):
    return add_member(actor(cast.admin), user=cast.charity.user, organization=cast.association2)


def test_session_key_changes_when_switching(cast):
    second = second_membership(cast)
    browser = client(cast.charity)
    before = browser.session.session_key
    assert browser.post(reverse("switch_membership"), {"membership": str(second.pk)}).status_code == 302
    assert browser.session.session_key != before
    assert browser.session[SESSION_KEY] == str(second.pk)


def test_session_key_changes_at_sign_in(cast):
    browser = Client()
    browser.get(reverse("account_login"))
    session = browser.session
    session["before"] = "yes"
    session.save()
    before = session.session_key
    browser.cookies["sessionid"] = before
    answer = browser.post(reverse("account_login"), {"login": cast.charity.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert browser.session.session_key != before


def test_one_switches_to_ones_own_active_memberships_only(cast):
    second = second_membership(cast)
    deactivate_member(actor(cast.admin), membership=second)
    browser = client(cast.charity)
    for wrong in (str(second.pk), str(cast.admin.pk), "x", ""):
        assert browser.post(reverse("switch_membership"), {"membership": wrong}).status_code == 404
    assert browser.session[SESSION_KEY] == str(cast.charity.pk)
    with pytest.raises(NotVisible):
        own_membership(user=cast.charity.user, pk=cast.admin.pk)


def test_a_get_does_not_switch(cast):
    assert client(cast.charity).get(reverse("switch_membership")).status_code == 405


def test_a_key_is_shown_once_and_only_its_hash_kept(cast):
    browser = client(cast.udaf_worker)
    answer = browser.post(reverse("token_new"), {"label": "Logiciel", "days": "30"})
    token = ApiToken.objects.get()
    shown = answer.context["new"][1]
    assert shown in answer.text
    assert token.token_hash == token_hash(shown)
    page = browser.get(reverse("account")).text
    assert shown not in page
    assert token.prefix in page
    assert bearer(shown, reverse("organizations")) == 200


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_a_key_lives_a_year_at_most(cast, days):
    answer = client(cast.udaf_worker).post(reverse("token_new"), {"label": "Logiciel", "days": days})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_service_guards_the_duration_and_the_number(cast):
    by = actor(cast.udaf_worker)
    with pytest.raises(Invalid):
        create_token(by, label="x", days=400)
    for number in range(20):
        create_token(by, label=str(number), days=1)
    with pytest.raises(Conflict):
        create_token(by, label="de trop", days=1)


def test_a_revoked_or_expired_key_opens_nothing(cast):
    token, text = create_token(actor(cast.udaf_worker), label="x", days=1)
    url = reverse("organizations")
    assert client(cast.udaf_worker).post(reverse("token_revoke", args=[token.pk])).status_code == 302
    assert bearer(text, url) in (302, 401)
    old, old_text = create_token(actor(cast.udaf_worker, datetime.now(UTC) - timedelta(days=2)), label="y", days=1)
    assert old.expires_at < datetime.now(UTC)
    assert bearer(old_text, url) in (302, 401)


def test_a_key_belongs_to_its_owner_and_the_administrator(cast):
    token, _ = create_token(actor(cast.udaf_worker), label="x", days=1)
    for name in ("udaf_lead", "charity", "other_officer"):
        assert client(getattr(cast, name)).post(reverse("token_revoke", args=[token.pk])).status_code == 404
        with pytest.raises(Refused):
            revoke_token(actor(getattr(cast, name)), token=token)
    assert client(cast.admin).post(reverse("token_revoke", args=[token.pk])).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_command_prints_the_key_and_nothing_else(cast):
    out = StringIO()
    options = {"email": cast.udaf_worker.user.email, "organization": "udaf de la moselle", "days": 10}
    call_command("issue_token", stdout=out, **options)
    text = out.getvalue().strip()
    assert ApiToken.objects.get().token_hash == token_hash(text)
    assert bearer(text, reverse("organizations")) == 200


@pytest.mark.parametrize(
    "wrong",
    [{"email": "personne@exemple.invalid"}, {"organization": "Inconnue"}, {"days": 1000}, {"department": "99"}],
)
def test_the_command_says_what_is_wrong(cast, wrong):
    options = {"email": cast.udaf_worker.user.email, "organization": "UDAF de la Moselle"} | wrong
    with pytest.raises(CommandError):
        call_command("issue_token", stdout=StringIO(), **options)
    assert not ApiToken.objects.exists()


def test_reset_unknown_email_same_response(cast):
    url = reverse("account_reset_password")
    known = Client().post(url, {"email": cast.charity.user.email})
    unknown = Client().post(url, {"email": "inconnue@exemple.invalid"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_sign_in_says_the_same_for_unknown_and_wrong(cast):
    url = reverse("account_login")
    answers = [
        Client().post(url, {"login": email, "password": "une mauvaise phrase"})
        for email in (cast.charity.user.email, "inconnue@exemple.invalid")
    ]
    errors = [answer.context["form"].errors.as_json() for answer in answers]
    assert errors[0] == errors[1]


def test_nobody_signs_up_alone(cast):
    answer = Client().post(reverse("account_signup"), {"email": "seule@exemple.invalid", "password1": PASSWORD})
    assert answer.status_code in (200, 403, 404)
    assert not User.objects.filter(email="seule@exemple.invalid").exists()


def test_my_telephone(cast):
    browser = client(cast.charity)
    assert browser.post(reverse("account"), {"phone": "03 87 00 00 00"}).status_code == 302
    cast.charity.user.refresh_from_db()
    assert cast.charity.user.phone == "+33387000000"
    assert browser.post(reverse("account"), {"phone": "12"}).status_code == 422


def test_an_account_without_organization_keeps_its_page(cast):
    deactivate_member(actor(cast.admin), membership=cast.siae_worker)
    page = client(cast.siae_worker).get(reverse("account"))
    assert page.status_code == 200
    assert "Clés pour les machines" not in page.text
