"""Many at once on one referral: real threads, real transactions, the application's own role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.db import connection, connections

from hub.core.actor import Actor
from hub.core.errors import Conflict, DomainError, InvalidTransition
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob, Membership, StoredFile
from partners.services.imports import confirm_import, process_import, receive_file
from referrals.models import (
    AccessGrant,
    Referral,
    ReferralLog,
    RegistrationEntry,
    RegistrationList,
    RegistrationStatus,
)
from referrals.services import referrals as services
from tests.cast import Cast, actor
from tests.files import OCTOBER
from tests.people import person, referral, reread
from tests.referrals.registration import classic, crowd

pytestmark = pytest.mark.django_db(transaction=True)
Gesture = Callable[..., object]


def accept(acting, row):
    services.accept_referral(acting, referral=row)


def decline(acting, row):
    services.decline_referral(acting, referral=row, reason="no_place")


def waitlist(acting, row):
    services.waitlist_referral(acting, referral=row, rank=3)


def cancel(acting, row):
    services.cancel_referral(acting, referral=row, note="Erreur")


def send(acting, row):
    services.send_referral(acting, referral=row)


def at_once(sent: Referral, gestures: list[tuple[Membership, Gesture]]) -> list[DomainError | None]:
    """Everybody reads, everybody waits for the others, everybody acts; None for a winner, else the refusal."""
    barrier = Barrier(len(gestures))
    # Actors are known before the race: only reading and acting take part in it.
    actors = [(actor(member), gesture) for member, gesture in gestures]

    def decide(turn) -> DomainError | None:
        acting, gesture = turn
        try:
            with tenant(acting):
                row = Referral.objects.get(pk=sent.pk)
                barrier.wait(timeout=20)
                gesture(acting, row)
        except DomainError as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(gestures)) as threads:
        return list(threads.map(decide, actors))


def journal(cast: Cast, sent: Referral) -> Counter:
    with tenant(actor(cast.head)):
        return Counter(ReferralLog.objects.filter(referral=sent.pk).values_list("name", flat=True))


def test_twenty_deciders_one_winner(cast):
    sent = referral(cast, person(cast))
    member = cast.siae_worker
    answers = at_once(sent, [(member, (accept, decline)[turn % 2]) for turn in range(20)])
    losers = [answer for answer in answers if answer is not None]
    assert len(losers) == 19
    state = reread(cast, sent).state
    assert state in {"accepted", "declined"}
    assert {type(error) for error in losers} == {InvalidTransition}
    assert {error.state for error in losers} == {state}
    kept = journal(cast, sent)
    assert kept == {"send": 1, {"accepted": "accept", "declined": "decline"}[state]: 1}
    with tenant(actor(cast.head)):
        open_grants = AccessGrant.objects.filter(beneficiary=sent.beneficiary_id, ends_at=None).count()
    assert open_grants == (1 if state == "accepted" else 0)


def test_both_sides_at_once_end_in_a_history_that_makes_sense(cast):
    """Accept, decline, wait, cancel together: every journal line follows from the one before."""
    sent = referral(cast, person(cast))
    sides = [
        (cast.siae_worker, accept), (cast.social_worker, cancel), (cast.siae_worker, decline),
        (cast.siae_worker, waitlist), (cast.social_worker, cancel), (cast.siae_worker, accept),
    ]  # fmt: skip
    answers = at_once(sent, sides)
    with tenant(actor(cast.head)):
        steps = list(ReferralLog.objects.filter(referral=sent.pk).values_list("source", "target"))
    succeeded = answers.count(None)
    assert len(steps) == succeeded + 1  # and the sending
    state = "draft"
    for _ in range(len(steps)):
        step = next(step for step in steps if step[0] == state)
        steps.remove(step)
        state = step[1]
    assert state == reread(cast, sent).state
    assert not steps


def test_the_same_referral_sent_six_times_at_once_leaves_once(cast):
    """Without a draft nor a key that would make them one: the others learn that one is open already."""
    who = person(cast)
    asked = {"person": who, "receiver": cast.siae, "need": "Un emploi"}
    with tenant(actor(cast.social_worker)) as acting:
        draft = services.draft_referral(acting, **asked, informed_on=acting.today)

    def send_another(acting, row):
        services.send_referral(acting, **asked, informed_on=acting.today)

    answers = at_once(draft, [(cast.social_worker, send_another)] * 6)
    assert sorted(getattr(answer, "code", "") for answer in answers) == ["", *["duplicate_referral"] * 5]


def test_five_double_submits_tell_once(cast):
    """Five clicks on « Envoyer » of one draft: sent once, opened once, told once."""
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        draft = services.draft_referral(
            acting, person=who, receiver=cast.siae, need="Un emploi", informed_on=acting.today
        )
    answers = at_once(
        draft, [(cast.social_worker, lambda acting, row: services.send_referral(acting, referral=row))] * 5
    )
    assert answers.count(None) == 1
    assert journal(cast, draft) == {"send": 1}
    with tenant(actor(cast.head)):
        assert AccessGrant.objects.filter(source_id=draft.pk).count() == 1
    with tenant(actor(cast.siae_worker)):
        told = Notification.objects.filter(user_id=cast.siae_worker.user_id, kind="referral_sent")
        assert [notice.count for notice in told] == [1]


def test_a_file_brought_twice_at_once_is_one_job_and_a_refusal_that_names_it(cast):
    """300 lines, two people, the same instant: the second is told what became of the first; nothing is doubled."""
    people = crowd(cast, 300)
    content, barrier = classic(*people), Barrier(2)

    def bring(turn: tuple[Actor, str]) -> ImportJob | DomainError:
        acting, name = turn
        try:
            with tenant(acting):
                barrier.wait(timeout=20)
                return receive_file(
                    acting, kind="registration", name=name, stream=BytesIO(content), month=OCTOBER, nature="complete"
                )
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    turns = [(actor(cast.officer_metz), "metz.csv"), (actor(cast.officer_thionville), "thionville.csv")]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(bring, turns))
    (kept,) = (answer for answer in answers if isinstance(answer, ImportJob))
    (refused,) = (answer for answer in answers if isinstance(answer, Conflict))
    assert refused.fields == {"same_as": str(kept.pk)}
    assert f"déjà déposé (« {kept.file.name} »)" in refused.message
    for _ in range(2):  # both workers were nudged
        process_import(kept.department_id, kept.pk)
    with tenant(Actor.system(cast.department.pk)):
        files = StoredFile.objects.filter(sha256=kept.file.sha256)
        assert [file.pk for file in files] == [kept.file_id]
        assert ImportJob.objects.get(kind="registration").counts["lines"] == 300
    with tenant(actor(cast.officer_metz)) as acting:
        guards = [guard["name"] for guard in ImportJob.objects.get(pk=kept.pk).guards]
        confirm_import(acting, job=kept, acknowledge_guards=guards, reason="Liste inventée d'un essai")
    for _ in range(2):
        process_import(kept.department_id, kept.pk)
    with tenant(Actor.system(cast.department.pk)):
        assert RegistrationList.objects.count() == 1
        assert RegistrationEntry.objects.count() == RegistrationStatus.objects.count() == 300


def test_the_race_runs_as_the_application(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("hub_app",)
