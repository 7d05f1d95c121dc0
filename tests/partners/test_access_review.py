"""Who has access to what: one bounded page for the administrator, and the same as a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from partners.models import User
from partners.selectors.access import members
from partners.services.members import add_member, deactivate_member
from partners.services.tokens import create_token
from tests.cast import actor, client
from tests.partners.helpers import invite


def emails(found) -> set[str]:
    return {member.user.email for member in found}


@pytest.mark.parametrize("name", ["head", "officer_metz", "controller", "udaf_lead", "charity"])
def test_only_the_administrator_reads_it(cast, name):
    browser = client(getattr(cast, name))
    assert browser.get(reverse("access_review")).status_code == 403
    assert browser.get(reverse("access_export")).status_code == 403


def test_it_shows_members_keys_and_pending_invitations(cast):
    create_token(actor(cast.udaf_worker), label="essai", days=30)
    invite(cast.udaf_lead)
    page = client(cast.admin).get(reverse("access_review")).text
    assert cast.udaf_worker.user.email in page
    assert "nouvelle@exemple.invalid" in page
    assert cast.other_officer.user.email not in page


def test_it_is_filtered(cast):
    by = actor(cast.admin)
    create_token(actor(cast.udaf_worker), label="essai", days=30)
    deactivate_member(by, membership=cast.controller)
    User.objects.filter(pk=cast.charity.user_id).update(last_login=datetime.now(UTC), first_name="Éléonore")
    assert emails(members(by, organization=str(cast.siae.pk))) == {"siae.worker@exemple.invalid"}
    assert emails(members(by, function="rosters")) == {"trainer@exemple.invalid"}
    assert emails(members(by, q="eleonore")) == {"charity@exemple.invalid"}
    assert emails(members(by, q="epicerie")) == {"charity@exemple.invalid"}
    assert emails(members(by, state="keys")) == {"udaf.worker@exemple.invalid"}
    assert emails(members(by, state="inactive")) == {"controller@exemple.invalid"}
    assert "charity@exemple.invalid" not in emails(members(by, state="never"))
    assert "guardian@exemple.invalid" not in emails(members(by, territory=str(cast.metz.pk)))


def test_a_wrong_filter_is_no_filter(cast):
    answer = client(cast.admin).get(reverse("access_review"), {"organization": "x", "function": "magie", "state": "?"})
    assert answer.status_code == 200
    assert cast.charity.user.email in answer.text


def test_a_broken_cursor_is_a_clear_refusal(cast):
    assert client(cast.admin).get(reverse("access_review"), {"after": "x"}).status_code == 400


def test_the_export_is_a_table_for_spreadsheets(cast):
    User.objects.filter(pk=cast.charity.user_id).update(last_name="=1+1")
    answer = client(cast.admin).get(reverse("access_export"), {"organization": str(cast.association.pk)})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1;Charity;charity@exemple.invalid;Épicerie Fictive;Association")


def test_it_costs_the_same_with_many(cast, django_assert_max_num_queries, django_assert_num_queries):
    browser = client(cast.admin)
    url = reverse("access_review")
    with django_assert_max_num_queries(40) as few:
        browser.get(url)
    for number in range(60):
        user = User.objects.create(email=f"m{number}@exemple.invalid", first_name="M", last_name=f"FICTIF {number}")
        add_member(actor(cast.admin), user=user, organization=cast.udaf, territories=[cast.metz])
    with django_assert_num_queries(len(few)):
        page = browser.get(url)
    assert "after=" in page.text
