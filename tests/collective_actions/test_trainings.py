"""Trainings and their sessions, as every member of the Département reads them."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collective_actions.models import Training, TrainingSession
from hub.core.gate import tenant
from tests.cast import actor, client


def offer(cast, count=1, **said):
    """A training of the Région, with as many sessions in Metz."""
    with tenant(actor(cast.trainer)) as acting:
        here = {"department": cast.department}
        training = Training.objects.create(
            title="Agent de propreté", search_title="agent de proprete", key="fictif", body_name="Organisme fictif",
            publisher=cast.region, **here,
        )  # fmt: skip
        days = [acting.today + timedelta(days=number) for number in range(count)]
        return [
            TrainingSession.objects.create(
                training=training,
                territory=cast.metz,
                city="Metz",
                updated_at=acting.now,
                **here,
                **{"starts_on": day, "ends_on": day + timedelta(days=60), **said},
            )
            for day in days
        ]


def test_every_member_finds_the_sessions_behind_the_menu(cast):
    offer(cast, free_places=3, places=12)
    for member in (cast.charity, cast.guardian, cast.adviser, cast.social_worker):
        page = client(member).get(reverse("trainings")).text
        assert "Agent de propreté" in page
        assert "3 places libres" in page
        assert "Formations &amp; actions" in page
    assert "Agent de propreté" not in client(cast.other_officer).get(reverse("trainings")).text


def test_a_session_over_or_cancelled_is_not_to_come(cast):
    with tenant(actor(cast.trainer)) as acting:
        past = acting.today - timedelta(days=90)
    offer(cast, starts_on=past, ends_on=past + timedelta(days=30))
    assert "Aucune session pour l'instant" in client(cast.charity).get(reverse("trainings")).text.replace("&#x27;", "'")


def test_the_list_asks_as_much_for_two_sessions_and_for_a_full_page(cast):
    browser = client(cast.charity)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("trainings"))
        return len(queries)

    offer(cast, 2)
    few = asked()
    Training.objects.filter(key="fictif").update(key="autre")
    offer(cast, 20)
    assert asked() == few
