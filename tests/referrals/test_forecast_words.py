"""What an analysed list announces: each number says what it counts, and two of one sentence add up."""

from __future__ import annotations

import pytest

from tests.cast import client
from tests.files import OCTOBER, bring, confirm
from tests.referrals.registration import classic, crowd
from tests.referrals.test_undo import SEPTEMBER

pytestmark = pytest.mark.django_db


def test_the_share_is_of_the_number_said_and_those_told_have_their_unit(cast):
    people = crowd(cast, 50)
    few = [(*one[:4], "57020") for one in people[:46]]
    given = {"nature": "complete"}
    first = bring(cast.adviser, "registration", classic(*people[:48], day=SEPTEMBER), month=SEPTEMBER, **given)
    confirm(cast.adviser, first, knowingly=True)
    job = bring(
        cast.officer_metz, "registration", classic(*few, day=OCTOBER), month=OCTOBER, territory=cast.metz, **given
    )
    said = next(one["message"] for one in job.guards if one["name"] == "baseline")
    assert "4 personnes sur 50" in said and "(8 %), dont 2 de plus qu'à présent" in said
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    told = page.split("Qui serait prévenu")[1].split("</ul>")[0]
    assert "à vérifier ou refermée" in told
