"""The cast itself: complete, invented, and acting as it says."""

from __future__ import annotations

from partners.models import Commune, User
from tests.cast import actor


def test_the_cast_is_complete(cast):
    assert len(cast.territories) == 5
    assert Commune.objects.filter(department=cast.department).count() >= 725
    assert not Commune.objects.filter(territory=None).exists()
    assert len(cast.members) == 18


def test_everybody_is_invented(cast):
    assert all(email.endswith(".invalid") for email in User.objects.values_list("email", flat=True))


def test_an_actor_carries_its_membership(cast):
    officer = actor(cast.officer_metz)
    assert (officer.role, officer.kind, officer.territories) == ("department", "department", {cast.metz.pk})
    assert actor(cast.adviser).role == "partner"
    assert actor(cast.other_officer).department_id == cast.other_department.pk
