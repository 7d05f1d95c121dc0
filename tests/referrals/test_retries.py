"""A referral that came to nothing is followed by another, linked to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.gate import tenant
from referrals.models import Referral
from referrals.services import referrals as services
from tests.cast import actor, client
from tests.people import person, referral, reread

pytestmark = pytest.mark.django_db
CARD = {"need": "Un premier emploi", "informed_on": "2026-07-01"}


def text_of(member, path):
    answer = client(member).get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_what_came_to_nothing_is_tried_elsewhere_and_stays_linked(cast):
    """A retry is a new referral linked to the former (domain §4): the request is kept, comparable places come first."""
    who = person(cast)
    first = referral(cast, who, to=cast.association, need="Aide alimentaire", note="Deux enfants.")
    assert "Essayer un autre" not in text_of(cast.social_worker, f"/orientations/{first.pk}/")
    with tenant(actor(cast.charity)) as acting:
        services.decline_referral(acting, referral=first, reason="no_place")
        services.release_answer(Actor.system(cast.department.pk, acting.now + timedelta(seconds=30)), referral=first)
    retry = f"/personnes/{who.pk}/orienter/?after={first.pk}"
    assert retry.replace("&", "&amp;") in text_of(cast.social_worker, f"/orientations/{first.pk}/")
    assert "Essayer un autre" not in text_of(cast.charity, f"/orientations/{first.pk}/")
    choosing = text_of(cast.social_worker, retry).split("À quel organisme")[0]
    assert "Atelier Fictif" in choosing and "Chantier Fictif" not in choosing
    composing = text_of(cast.social_worker, f"{retry}&to={cast.association2.pk}")
    assert "Aide alimentaire" in composing and "Deux enfants." in composing
    sent = client(cast.social_worker).post(f"{retry}&to={cast.association2.pk}", CARD | {"action": "send"})
    second = reread(cast, Referral(pk=sent.headers["Location"].split("/")[2]))
    assert second.previous_id == first.pk and second.first_sent_at == second.sent_at
    other = person(cast, first_names="Bruno")
    assert client(cast.social_worker).get(f"/personnes/{other.pk}/orienter/?after={first.pk}").status_code == 404
    assert client(cast.social_worker).get(f"/personnes/{who.pk}/orienter/?after={second.pk}").status_code == 404
    with tenant(actor(cast.social_worker)) as acting, pytest.raises(Invalid):
        services.draft_referral(acting, person=other, receiver=cast.siae, need="x", previous=first)
