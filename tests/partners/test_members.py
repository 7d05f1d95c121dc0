"""Members: nobody gives more than he has, nobody changes himself, an organisation keeps a manager."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hub.core.errors import Conflict, Invalid, Refused
from partners.grants import grantable, suited
from partners.models import ApiToken, Membership
from partners.services.members import add_member, change_member, deactivate_member, reactivate_member
from partners.services.tokens import create_token
from tests.cast import actor, client


def change(by: Membership, member: Membership, **changes):
    """The member's rights as they are, but for `changes`."""
    rights = {
        "team": member.team,
        "role": member.role,
        "functions": member.functions,
        "territories": list(member.territories.all()),
        "working_days": member.working_days,
    }
    return change_member(actor(by), membership=member, **(rights | changes))


def fields(member: Membership, **changes):
    """What the browser posts for a member."""
    posted = {
        "team": str(member.team_id or ""),
        "role": member.role,
        "functions": member.functions,
        "territories": [str(territory.pk) for territory in member.territories.all()],
        "working_days": member.working_days,
    }
    return posted | changes


@pytest.mark.parametrize(
    ("giver", "kind", "may", "may_not"),
    [
        ("admin", "department", {"administration", "control", "coordination", "people_import"}, {"unknown"}),
        (
            "admin",
            "udaf",
            {"counselling", "network_lead"},
            {"administration", "control", "coordination", "people_import"},
        ),
        ("admin", "employment_service", {"registration_lists"}, {"rosters", "people_import"}),
        ("udaf_lead", "udaf", {"counselling", "needs"}, {"network_lead", "registration_lists"}),
        ("adviser", "employment_service", {"registration_lists", "counselling"}, {"network_lead"}),
        ("network_head", "association", {"network_lead", "needs"}, {"administration"}),
        ("charity", "association", {"counselling", "needs"}, {"network_lead"}),
        ("head", "department", {"supervision", "social_work"}, {"administration", "control", "people_import"}),
        ("officer_metz", "department", set(), {"coordination", "social_work"}),
        ("udaf_worker", "udaf", set(), {"counselling"}),
    ],
)
def test_what_one_may_give(cast, giver, kind, may, may_not):
    given = grantable(actor(getattr(cast, giver)), kind)
    assert may <= given
    assert not may_not & given
    assert given <= suited(kind)


def test_admin_cannot_grant_above_self(cast):
    """Here the admin of an organisation, its manager: a function he does not hold, by service and by form."""
    with pytest.raises(Refused):
        change(cast.udaf_lead, cast.udaf_worker, functions=["network_lead"])
    with pytest.raises(Refused):
        change(cast.head, cast.officer_metz, functions=["administration"])
    browser = client(cast.udaf_lead)
    url = reverse("member_edit", args=[cast.udaf_worker.pk])
    assert "network_lead" not in browser.get(url).text
    assert browser.post(url, fields(cast.udaf_worker, functions=["network_lead"])).status_code == 422
    cast.udaf_worker.refresh_from_db()
    assert cast.udaf_worker.functions == ["counselling"]


def test_a_function_foreign_to_the_organization_is_refused_even_to_the_administrator(cast):
    with pytest.raises(Invalid):
        change(cast.admin, cast.udaf_worker, functions=["people_import"])


def test_nobody_changes_himself(cast):
    for member in (cast.admin, cast.udaf_lead, cast.head):
        with pytest.raises(Refused):
            change(member, member, functions=[])
        assert client(member).post(reverse("member_deactivate", args=[member.pk])).status_code == 403


def test_a_manager_does_not_touch_an_administrator(cast):
    with pytest.raises(Refused):
        deactivate_member(actor(cast.head), membership=cast.admin)


def test_functions_given_by_the_administrator_stay(cast):
    changed = change(cast.head, cast.officer_metz, functions=["social_work"])
    assert set(changed.functions) == {"coordination", "people_import", "registration_lists", "social_work"}


def test_admin_cannot_move_membership(cast):
    url = reverse("member_edit", args=[cast.udaf_worker.pk])
    posted = fields(cast.udaf_worker, organization=str(cast.siae.pk), user=str(cast.charity.user_id))
    client(cast.udaf_lead).post(url, posted)
    cast.udaf_worker.refresh_from_db()
    assert cast.udaf_worker.organization == cast.udaf
    answer = client(cast.udaf_lead).post(url, fields(cast.udaf_worker, team=str(cast.agency_metz.pk)))
    assert answer.status_code == 422


def test_members_of_another_organization_do_not_exist(cast):
    browser = client(cast.udaf_lead)
    for name in ("member_edit", "member_deactivate", "member_reactivate"):
        assert browser.post(reverse(name, args=[cast.siae_worker.pk])).status_code == 404
    assert browser.get(reverse("members", args=[cast.siae.pk])).status_code == 404


def test_a_member_without_rights_is_refused_at_home(cast):
    assert client(cast.udaf_worker).get(reverse("members", args=[cast.udaf.pk])).status_code == 403


def test_the_last_manager_stays(cast):
    with pytest.raises(Conflict):
        deactivate_member(actor(cast.admin), membership=cast.udaf_lead)
    with pytest.raises(Conflict):
        change(cast.admin, cast.udaf_lead, role="member")
    change(cast.udaf_lead, cast.udaf_worker, role="manager")
    assert not deactivate_member(actor(cast.admin), membership=cast.udaf_lead).active


def test_somebody_alone_may_leave(cast):
    assert not deactivate_member(actor(cast.admin), membership=cast.siae_worker).active


def test_a_deactivated_member_loses_everything_at_once(cast):
    browser = client(cast.udaf_worker)
    key = create_token(actor(cast.udaf_worker), label="essai", days=30)[0]
    assert browser.get(reverse("organizations")).status_code == 200
    deactivate_member(actor(cast.udaf_lead), membership=cast.udaf_worker)
    assert browser.get(reverse("organizations")).status_code == 403
    assert ApiToken.objects.get(pk=key.pk).revoked_at is not None


def test_coming_back_needs_somebody_who_may_give_the_functions(cast):
    deactivate_member(actor(cast.admin), membership=cast.officer_metz)
    with pytest.raises(Refused):
        reactivate_member(actor(cast.head), membership=cast.officer_metz)
    assert reactivate_member(actor(cast.admin), membership=cast.officer_metz).active


def test_adding_an_active_member_again_is_a_conflict(cast):
    with pytest.raises(Conflict):
        add_member(actor(cast.admin), user=cast.udaf_worker.user, organization=cast.udaf)


def test_changing_rights_by_the_screen(cast):
    browser = client(cast.udaf_lead)
    page = browser.get(reverse("members", args=[cast.udaf.pk]))
    assert cast.udaf_worker.user.email in page.text
    assert cast.siae_worker.user.email not in page.text
    url = reverse("member_edit", args=[cast.udaf_worker.pk])
    answer = browser.post(url, fields(cast.udaf_worker, functions=["counselling", "needs"], working_days=["0", "1"]))
    assert answer.status_code == 302
    cast.udaf_worker.refresh_from_db()
    assert (cast.udaf_worker.functions, cast.udaf_worker.working_days) == (["counselling", "needs"], [0, 1])
    for name in ("member_deactivate", "member_reactivate"):
        assert browser.post(reverse(name, args=[cast.udaf_worker.pk])).status_code == 302
