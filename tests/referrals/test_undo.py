"""Taking a list back: its gaps, its events and its notices leave; what changed since stays, and is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from partners.services.undo import days_left_to_undo, undo_import
from partners.tasks import sweep_imports
from referrals.models import RegistrationEntry, RegistrationGap, RegistrationMeasure, RegistrationStatus
from referrals.services.gaps import resolve_gap
from tests import files
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.referrals.registration import classic, crowd

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
WHY = "Mauvais fichier envoyé"


def a_list(cast, people, month, by=None):
    given, by = {"month": month, "nature": "complete"}, by or cast.adviser
    return confirm(by, bring(by, "registration", classic(*people, day=month), **given))


def undo(cast, job, reason=WHY, by=None, now=None):
    return files.undo(by or cast.officer_metz, job, reason, now)


def photograph(cast):
    """Everything lists say, but for identifiers and journals."""
    with tenant(Actor.system(cast.department.pk)):
        statuses = RegistrationStatus.objects.order_by("beneficiary").values_list(
            "beneficiary", "state", "since", "code", "motive", "category", "explained_until", "last_listed"
        )
        entries = RegistrationEntry.objects.values_list("beneficiary", "state", "on", "code", "list")
        gaps = RegistrationGap.objects.exclude(state="void").values_list(
            "id", "beneficiary", "state", "kind", "closed_at", "closing", "event_on"
        )
        return sorted(map(str, statuses)), sorted(map(str, entries)), sorted(map(str, gaps))


def test_everything_goes_back_and_each_is_told_once(cast):
    people = crowd(cast, 8)
    a_list(cast, people[:6], SEPTEMBER)
    before = photograph(cast)
    october = a_list(cast, people[1:7], OCTOBER)
    assert photograph(cast) != before
    done = undo(cast, october)
    assert photograph(cast) == before
    assert (done.state, done.undo_reason, done.undone_by_id) == ("undone", WHY, cast.officer_metz.user_id)
    assert (done.counts["gaps_voided"], done.counts["gaps_reopened"]) == (1, 1)
    with tenant(actor(cast.udaf_lead)):
        told = Notification.objects.filter(user_id=cast.udaf_lead.user_id)
        assert told.filter(kind="import_undone").count() == 1
        waiting = told.filter(dedupe_key__contains=str(october.pk), solved_at=None).exclude(kind="import_undone")
        assert not waiting.exists()


def test_what_somebody_closed_since_stays_and_is_shown(cast):
    people = crowd(cast, 4)
    october = a_list(cast, people[:2], OCTOBER)
    with tenant(actor(cast.officer_metz)) as acting:
        gap = RegistrationGap.objects.first()
        name = gap.beneficiary.last_name
        resolve_gap(acting, gap=gap, note="Attestation vue")
    page = client(cast.officer_metz).get(f"/imports/{october.pk}/annuler/").content.decode()
    assert "Modifiés depuis" in page and f"/inscriptions/{gap.pk}/" in page
    assert name in page.split("Modifiés depuis")[1]  # whose it is
    done = undo(cast, october)
    after = client(cast.officer_metz).get(f"/imports/{october.pk}/").content.decode()
    assert f"/inscriptions/{gap.pk}/" in after.split("Modifiés depuis")[1], "still listed once it is taken back"
    assert (done.counts["gaps_voided"], done.counts["gaps_left"]) == (1, 1)
    with tenant(actor(cast.officer_metz, october.applied_at - timedelta(seconds=1))) as acting:
        assert days_left_to_undo(acting, october) == 7, "never more than the days there are"
    with tenant(actor(cast.officer_metz)):
        assert RegistrationGap.objects.get(pk=gap.pk).state == "resolved"


def test_a_list_on_which_a_later_one_stands_names_it(cast):
    people = crowd(cast, 4)
    september = a_list(cast, people[:3], SEPTEMBER)
    october = a_list(cast, people[:2], OCTOBER)
    before = photograph(cast)
    with pytest.raises(Conflict) as refused:
        undo(cast, september)
    assert refused.value.fields == {"later": str(october.pk)} and "annulez d'abord" in refused.value.message
    assert photograph(cast) == before
    undo(cast, october)
    assert undo(cast, september).state == "undone"
    with tenant(Actor.system(cast.department.pk)):
        assert not RegistrationStatus.objects.exists() and not RegistrationEntry.objects.exists()
        assert set(RegistrationGap.objects.values_list("state", flat=True)) == {"void"}


def test_only_the_department_within_seven_days_and_with_a_reason(cast):
    people = crowd(cast, 3)
    job = a_list(cast, people[:2], OCTOBER)
    with pytest.raises(Refused):
        undo(cast, job, by=cast.adviser)
    with pytest.raises(Invalid):
        undo(cast, job, reason="")
    with pytest.raises(Conflict) as late:
        undo(cast, job, now=datetime.now(UTC) + timedelta(days=8))
    assert late.value.code == "too_late"
    assert job_now(cast.adviser, job).state == "applied"
    answer = client(cast.officer_metz).post(f"/api/v1/imports/{job.pk}/undo/", {"reason": WHY}, "application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "undoing")
    sweep_imports()
    assert job_now(cast.adviser, job).state == "undone"
    again = client(cast.officer_metz).post(f"/imports/{job.pk}/annuler/", {"reason": WHY})
    assert again.status_code == 409
    assert a_list(cast, people[:2], OCTOBER).state == "applied"  # the file may be brought again


def measures(cast):
    with tenant(actor(cast.officer_metz)):
        shown = ("month", "territory__code", "list_date", "obliged", "registered", "in_gap", "unknown")
        return list(RegistrationMeasure.objects.order_by("month", "territory").values_list(*shown))


def test_the_month_is_measured_again_by_the_lists_that_remain(cast):
    people = crowd(cast, 6)
    a_list(cast, people[:2], OCTOBER)
    first = measures(cast)
    assert first
    second = confirm(
        cast.adviser,
        bring(cast.adviser, "registration", classic(*people[2:5]), month=OCTOBER, nature="complete"),
    )
    assert measures(cast) != first
    undo(cast, second)
    assert measures(cast) == first


def test_an_older_month_brought_late_leaves_the_measures_as_they_are(cast):
    """It measured nothing: its undo neither."""
    people = crowd(cast, 4)
    a_list(cast, people[:3], SEPTEMBER)
    a_list(cast, people[:2], OCTOBER)
    before = measures(cast)
    late = a_list(cast, people[1:4], SEPTEMBER)
    assert measures(cast) == before
    undo(cast, late)
    assert measures(cast) == before


def test_a_list_applied_between_the_asking_and_the_undo_keeps_it_applied_and_says_why(cast):
    people = crowd(cast, 4)
    september = a_list(cast, people[:3], SEPTEMBER)
    with tenant(actor(cast.officer_metz)) as acting:
        undo_import(acting, job=september, reason=WHY)
    a_list(cast, people[:2], OCTOBER)
    before = photograph(cast)
    sweep_imports()
    kept = job_now(cast.officer_metz, september)
    assert (kept.state, kept.refusal_code) == ("applied", "later_import")
    assert "annulez d'abord" in kept.refusal
    assert photograph(cast) == before
