"""Every address of this app: closed to the anonymous, 404 to another Département, no number anybody could count."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from hub.core.gate import tenant
from partners.services.absences import declare_absence
from partners.services.tokens import create_token
from partners.urls import urlpatterns
from tests.cast import actor, client
from tests.partners.helpers import invite

PUBLIC = {"accept_invitation"}
OBJECTS = {
    "organization": "organization",
    "organization_edit": "organization",
    "team_new": "organization",
    "closing_add": "organization",
    "closing_remove": "organization",
    "members": "organization",
    "invitation_new": "organization",
    "team_edit": "team",
    "member_edit": "member",
    "member_absences": "member",
    "member_deactivate": "member",
    "member_reactivate": "member",
    "invitation_resend": "invitation",
    "invitation_revoke": "invitation",
    "token_revoke": "token",
    "absence_withdraw": "absence",
    "territory": "territory",
    "territory_edit": "territory",
    "communes_move": "territory",
}
PAGES = ("organizations", "invitations", "access_review", "territories", "account", "department_settings", "onboarding")


@pytest.fixture
def objects(cast):
    return {
        "organization": cast.udaf,
        "team": cast.udaf_support,
        "member": cast.udaf_worker,
        "invitation": invite(cast.udaf_lead),
        "token": create_token(actor(cast.udaf_worker), label="x", days=1)[0],
        "absence": _absence(actor(cast.udaf_worker)),
        "territory": cast.metz,
    }


def _absence(by):
    with tenant(by):
        return declare_absence(by, starts_on=by.today, ends_on=by.today)


def test_every_route_is_in_this_table():
    names = {pattern.name for pattern in urlpatterns}
    with_object = {pattern.name for pattern in urlpatterns if "uuid:pk" in str(pattern.pattern)}
    assert with_object == set(OBJECTS)
    assert set(PAGES) <= names


@pytest.mark.parametrize("name", sorted(pattern.name for pattern in urlpatterns if pattern.name not in PUBLIC))
def test_an_anonymous_visitor_signs_in_first(db, name):
    url = reverse(name, args=[uuid.uuid4()] if name in OBJECTS else [])
    for method in ("get", "post"):
        answer = getattr(Client(), method)(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_another_department_gets_the_404_of_a_random_id(cast, objects, name):
    browser = client(cast.other_officer)
    for method in ("get", "post"):
        send = getattr(browser, method)
        real = send(reverse(name, args=[objects[OBJECTS[name]].pk]))
        random = send(reverse(name, args=[uuid.uuid4()]))
        assert (real.status_code, real.content) == (random.status_code, random.content)
        assert real.status_code in (404, 405)


@pytest.mark.parametrize(
    "name", sorted(set(OBJECTS) - {"organization", "territory", "territory_edit", "communes_move"})
)
def test_another_partner_gets_the_404_of_a_random_id(cast, objects, name):
    browser = client(cast.charity)
    real = browser.post(reverse(name, args=[objects[OBJECTS[name]].pk]))
    random = browser.post(reverse(name, args=[uuid.uuid4()]))
    assert (real.status_code, real.content) == (random.status_code, random.content)
    assert real.status_code in (404, 405)


def test_no_integer_ids_in_urls(cast, objects):
    browser = client(cast.admin)
    pages = [reverse(name) for name in PAGES]
    pages += [
        reverse(name, args=[objects[kind].pk]) for name, kind in OBJECTS.items() if name in ("organization", "members")
    ]
    for url in pages:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        links = re.findall(r'(?:href|action)="(/[^"]*)"', answer.text)
        assert not [link for link in links if re.search(r"/\d+(/|$|\?)", link)]


def test_a_get_changes_nothing(cast, objects):
    browser = client(cast.admin)
    for name in ("member_deactivate", "invitation_revoke", "token_revoke", "closing_remove", "communes_move"):
        assert browser.get(reverse(name, args=[objects[OBJECTS[name]].pk])).status_code == 405
