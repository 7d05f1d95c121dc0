"""Who is told of what: from events of the business to the lines people read."""

from __future__ import annotations

import json

import pytest
from django.utils.html import escape

from hub.core.actor import Actor
from hub.core.events import Event, emit
from hub.core.gate import tenant
from hub.templatetags.icons import svg
from notifications.catalogue import KINDS
from notifications.models import Notification
from notifications.selectors import Line, changes_after, head_of, lines
from partners.events import ImportFinished, ImportUndone
from partners.models import ImportJob, Membership, StoredFile
from referrals.events import (
    AppointmentsChanged,
    ExplanationsEnded,
    GapsChanged,
    GapsReassigned,
    GapsWaiting,
    ReferralAnswered,
    ReferralChanged,
    ReferralSent,
    SourcesSilent,
)
from referrals.models import Appointment, Beneficiary, ExpectedList, Referral, RegistrationGap, SupportAssignment
from referrals.services.access import open_access
from tests.cast import Cast, actor, client
from tests.files import OCTOBER

pytestmark = pytest.mark.django_db
CANARY = "Zéphyrine FICTIFCANARI"


def system(cast: Cast) -> Actor:
    return Actor.system(cast.department.pk)


def said(member: Membership) -> list[Line]:
    """What a member reads, oldest change first."""
    with tenant(actor(member)) as who:
        return lines(changes_after(who, 0).rows)


def titles(member: Membership) -> list[str]:
    return [line.title for line in said(member)]


def person(cast: Cast, who: Actor) -> Beneficiary:
    return Beneficiary.objects.create(
        department_id=who.department_id,
        last_name=CANARY,
        first_names=CANARY,
        territory=cast.metz,
        created_at=who.now,
        updated_at=who.now,
    )


def referral(cast: Cast, **changes: object) -> Referral:
    """A referral from the CMS of Metz to the UDAF, written as the product itself."""
    with tenant(system(cast)) as who:
        values = {
            "department_id": who.department_id, "beneficiary": person(cast, who), "nature": "proposal", "state": "sent",
            "sender": cast.moselle, "sender_team": cast.cms_metz, "sender_user": cast.social_worker.user,
            "receiver": cast.udaf, "need": CANARY, "note": CANARY, "created_at": who.now, "sent_at": who.now,
        }  # fmt: skip
        return Referral.objects.create(**(values | changes))


def happens(cast: Cast, by: Membership | None, *events: Event) -> None:
    """One transaction of a member, or of the product itself."""
    with tenant(actor(by) if by else system(cast)):
        for event in events:
            emit(event)


def about(cast: Cast, kind: type[Event], one: Referral, by: Membership | None = None, **more: object) -> Event:
    return kind(department_id=cast.department.pk, by_id=by.user_id if by else None, referral_id=one.pk, **more)


def test_a_referral_sent_answered_and_changed(cast: Cast) -> None:
    one = referral(cast)
    happens(cast, cast.social_worker, about(cast, ReferralSent, one, cast.social_worker))
    assert titles(cast.udaf_worker) == ["Département de la Moselle vous a adressé une orientation"]
    assert said(cast.udaf_worker)[0].notice.reason == "cette orientation vous est adressée"
    assert titles(cast.guardian) == []  # a team that sees nobody here
    assert titles(cast.social_worker) == titles(cast.charity) == []

    happens(cast, cast.udaf_worker, about(cast, ReferralAnswered, one, cast.udaf_worker, answer="declined"))
    assert titles(cast.social_worker) == ["UDAF de la Moselle a refusé une orientation"]
    assert [line.notice.state for line in said(cast.udaf_lead)] == ["solved"]  # nothing left to answer
    assert head_of(actor(cast.udaf_lead)).unread == 0

    happens(cast, cast.social_worker, about(cast, ReferralChanged, one, cast.social_worker, change="cancel"))
    assert titles(cast.udaf_lead)[-1] == "Département de la Moselle a annulé une orientation"
    assert len(titles(cast.social_worker)) == 1  # not told of what he did himself


def test_a_referral_entrusted_to_one_member_is_told_to_that_member(cast: Cast) -> None:
    one = referral(cast, receiver_user=cast.udaf_worker.user)
    happens(cast, cast.social_worker, about(cast, ReferralSent, one, cast.social_worker))
    assert len(titles(cast.udaf_worker)) == 1
    assert titles(cast.udaf_lead) == []


def gaps(cast: Cast, count: int, **changes: object) -> list[RegistrationGap]:
    """Gaps of people whom the UDAF's worker supports."""
    with tenant(system(cast)) as who:
        made = []
        for _ in range(count):
            values = {
                "department_id": who.department_id, "beneficiary": person(cast, who), "kind": "disappeared",
                "month": who.today.replace(day=1), "opened_at": who.now, "motive": CANARY,
            }  # fmt: skip
            made.append(RegistrationGap.objects.create(**(values | changes)))
            SupportAssignment.objects.create(
                department_id=who.department_id, beneficiary=made[-1].beneficiary, organization=cast.udaf,
                referent=cast.udaf_worker.user, starts_on=who.today,
            )  # fmt: skip
        return made


def test_gaps_are_one_line_per_recipient_and_import(cast: Cast) -> None:
    job_id = import_job(cast).pk
    found = gaps(cast, 3)
    ids = tuple(gap.pk for gap in found)
    events = [GapsChanged(department_id=cast.department.pk, gap_ids=ids[:1], job_id=job_id),
              GapsChanged(department_id=cast.department.pk, gap_ids=ids, job_id=job_id)]  # fmt: skip
    happens(cast, None, *events)
    (line,) = said(cast.udaf_worker)
    assert (line.title, line.notice.count) == ("3 inscriptions sont à vérifier", 3)
    assert line.notice.reason.startswith("vous êtes le référent")
    assert titles(cast.officer_metz) == ["3 inscriptions sont à vérifier"]
    assert titles(cast.officer_thionville) == titles(cast.other_officer) == []


def test_a_gap_closed_by_hand_settles_the_notice_of_its_opening(cast: Cast) -> None:
    (gap,) = gaps(cast, 1)
    event = GapsChanged(department_id=cast.department.pk, gap_ids=(gap.pk,))
    happens(cast, None, event)
    with tenant(system(cast)) as who:
        gap.state, gap.closed_at, gap.closing = "resolved", who.now, "proven"
        gap.save()
    happens(cast, None, event)
    opened, closed = said(cast.udaf_worker)
    assert (opened.notice.kind, opened.notice.state) == ("gap_opened", "solved")
    assert closed.title == "1 écart d'inscription est refermé"


def import_job(cast: Cast) -> ImportJob:
    with tenant(system(cast)) as who:
        file = StoredFile.objects.create(
            department_id=who.department_id, organization=cast.moselle, name=CANARY, key=CANARY, size=1, sha256="0" * 64
        )
        return ImportJob.objects.create(
            department_id=who.department_id, organization=cast.moselle, created_by=cast.officer_metz.user,
            created_at=who.now, state_at=who.now, kind="people", file=file,
        )  # fmt: skip


def test_an_import_tells_its_owner_each_state(cast: Cast) -> None:
    job = import_job(cast)
    for state in ("analysed", "applied"):
        happens(cast, None, ImportFinished(department_id=cast.department.pk, job_id=job.pk, state=state))
    assert titles(cast.officer_metz) == ["Votre import est appliqué"]
    assert titles(cast.head) == []


def test_no_notice_holds_anything_of_a_person(cast: Cast) -> None:
    """Rows, pages and the panel: every text of the person and of the file is a canary."""
    one = referral(cast)
    (gap,) = gaps(cast, 1)
    job = import_job(cast)
    happens(
        cast, None, about(cast, ReferralSent, one), about(cast, ReferralAnswered, one, answer="accepted"),
        about(cast, ReferralChanged, one, change="propose_redirect"),
        GapsChanged(department_id=cast.department.pk, gap_ids=(gap.pk,), job_id=job.pk),
        GapsReassigned(
            department_id=cast.department.pk, gap_ids=(gap.pk,), former=(cast.social_worker.user_id,)
        ),
        GapsWaiting(department_id=cast.department.pk, gap_ids=(gap.pk,)),
        GapsWaiting(department_id=cast.department.pk, gap_ids=(gap.pk,), escalated=True),
        ImportFinished(department_id=cast.department.pk, job_id=job.pk, state="refused"),
    )  # fmt: skip
    with tenant(system(cast)) as who:
        silent = ExpectedList.objects.create(department_id=who.department_id, label="Agence de Metz")
    ended = ExplanationsEnded(department_id=cast.department.pk, beneficiary_ids=(gap.beneficiary_id,), on=OCTOBER)
    happens(cast, None, ended)
    happens(cast, None, SourcesSilent(department_id=cast.department.pk, expected_ids=(silent.pk,), month=OCTOBER))
    happens(cast, None, ImportUndone(department_id=cast.department.pk, job_id=job.pk))
    kinds = set()
    for member in (cast.udaf_worker, cast.social_worker, cast.officer_metz, cast.head):
        with tenant(actor(member)):
            rows = list(Notification.objects.values())
        kinds |= {row["kind"] for row in rows}
        browser = client(member)
        pages = [browser.get(address).content.decode() for address in ("/notifications/", "/notifications/cloche/")]
        for word in CANARY.split():
            assert word not in json.dumps(rows, default=str)
            assert all(word not in page and escape(word) not in page for page in pages)
    assert kinds == set(KINDS) - {
        "candidacy_moved",
        "enrolment_cancelled",
        "placement_difficulty",
        "placement_ended",
        "placement_step",
        "roster_finished",
        "seat_offered",
        "seat_taken",
        "session_changed",
        "trainee_not_seen",
        "training_ended",
        "training_ending",
        "roster_missing",
        "training_end_unknown",
        "gap_closed",
        "gap_correction",
        "appointment_changed",
        "joint_session",
        "summons_sent",
        "saved_search_met",
        "service_suggested",
        "services_to_verify",
        "suggestion_settled",
    }  # tests of appointments, campaigns, corrections, directory


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ("planned", "Un rendez-vous est fixé"),
        ("moved", "Un rendez-vous est déplacé"),
        ("cancelled", "Un rendez-vous est annulé"),
    ],
)
def test_a_notice_of_an_appointment_says_what_changed_and_never_whose(cast: Cast, change: str, title: str) -> None:
    one = appointment(cast)
    changed = {"department_id": cast.department.pk, "by_id": cast.social_worker.user_id, "change": change}
    happens(cast, cast.social_worker, AppointmentsChanged(appointment_ids=(one.pk,), **changed))
    (line,) = said(cast.udaf_worker)
    assert (line.title, line.notice.reason, line.url) == (
        title,
        "vous recevez cette personne",
        f"/rendez-vous/{one.pk}/",
    )
    assert said(cast.charity) == said(cast.siae_worker) == said(cast.social_worker) == []
    assert CANARY not in json.dumps([line.title, line.notice.reason, line.url])


def test_several_appointments_are_one_line_with_a_count(cast: Cast) -> None:
    ids = tuple(appointment(cast).pk for _ in range(3))
    changed = AppointmentsChanged(
        department_id=cast.department.pk, by_id=cast.social_worker.user_id, appointment_ids=ids, change="planned"
    )
    happens(cast, cast.social_worker, changed)
    assert titles(cast.udaf_worker) == ["3 rendez-vous sont fixés"]


def appointment(cast: Cast) -> Appointment:
    """A person received by a member of the UDAF, which sees her."""
    with tenant(system(cast)) as who:
        met = person(cast, who)
        open_access(
            who, beneficiary_id=met.pk, organization_id=cast.udaf.pk, level="referral", reason="Essai", source=met
        )
        return Appointment.objects.create(
            department_id=who.department_id, beneficiary=met, kind="follow_up", starts_at=who.now,
            organization=cast.udaf, member=cast.udaf_worker.user, motive=CANARY, planned_at=who.now,
        )  # fmt: skip


def test_every_kind_has_an_icon() -> None:
    for kind in KINDS.values():
        assert "<svg" in svg(kind.icon)
