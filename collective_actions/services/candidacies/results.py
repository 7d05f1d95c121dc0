"""What came of a candidacy, step by step; the referral it came by follows, and tells whoever sent it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from collective_actions.events import CandidacyMoved
from collective_actions.models import Candidacy
from collective_actions.models.candidacies import LIVING, BodyReason, CandidateReason
from collective_actions.workflows import CANDIDACY
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import Department
from referrals.models import DeclineReason, Level, Outcome, Referral
from referrals.services.access import close_access, open_access
from referrals.services.referrals import accept_referral, complete_referral, decline_referral, fail_referral

FAVOURABLE = ("present", "select", "enter", "complete")
CONTRARIES = ("miss", "reject", "stay_out", "interrupt")
RESULTS = (*FAVOURABLE, *CONTRARIES)
# In the words of referrals, whose lists are shorter; the others are the same codes.
REFERRAL_REASONS = {
    BodyReason.PREREQUISITES: DeclineReason.NOT_ELIGIBLE,
    BodyReason.PROJECT: DeclineReason.OTHER,
    BodyReason.SESSION_CANCELLED: DeclineReason.CLOSED,
}


@transaction.atomic
def record_result(actor: Actor, *, candidacy: Candidacy, result: str, reason: str = "", note: str = "") -> Candidacy:
    """Say one step: `present`, `select`, `enter`, `complete`, or a contrary with its reason.

    A reason of the person needs `note`: how and when she was met (as for referrals). Raises `InvalidTransition`,
    `Invalid`.
    """
    require(actor, "candidacy.answer", candidacy)
    if result not in RESULTS:
        raise Invalid("Choisissez un résultat.", fields={"result": "Choisissez un résultat."})
    if result in CONTRARIES:
        _check_reason(reason, note)
    begins = candidacy.session.starts_on
    if result == "complete" and begins and begins > actor.today:
        raise Invalid(f"La session ne commence que le {begins:%d/%m/%Y} : personne n'en est encore allé au bout.")
    reopen(actor, candidacy)
    changes = {"state_at": actor.now, "reason": reason if result in CONTRARIES else ""}
    if result == "enter":
        changes["entered_on"] = actor.today
    CANDIDACY.perform(candidacy, result, by=actor, note=note, **changes)
    told = _follow(actor, candidacy, result, reason, note)
    if not told:  # the referral, when it moves, tells by itself
        emit(
            CandidacyMoved(
                department_id=actor.department_id, by_id=actor.user_id, candidacy_id=candidacy.pk, result=result
            )
        )
    touch(actor.department_id, "person", candidacy.beneficiary_id)
    return candidacy


def is_open_again(candidacy: Candidacy) -> bool:
    """Did the body take back, on the page of the referral, the answer that had ended this candidacy?"""
    referral = candidacy.referral
    ended = candidacy.state in CANDIDACY.transitions["reopen"].sources
    return ended and referral is not None and referral.state in ("sent", "waitlisted", "accepted")


def reopen(actor: Actor, candidacy: Candidacy) -> None:
    """Follow an answer taken back. Raises `Conflict` when the person was positioned again meanwhile."""
    if not is_open_again(candidacy):
        return
    same = Candidacy.objects.filter(session=candidacy.session_id, beneficiary=candidacy.beneficiary_id)
    if same.filter(state__in=LIVING).exists():
        raise Conflict("Cette personne a été positionnée à nouveau sur cette session.", code="already_positioned")
    CANDIDACY.perform(candidacy, "reopen", by=actor, state_at=actor.now, reason="")


def _check_reason(reason: str, note: str) -> None:
    if reason not in (*BodyReason.values, *CandidateReason.values):
        raise Invalid("Choisissez un motif.", fields={"reason": "Choisissez un motif."})
    if reason in CandidateReason.values and not note.strip():
        sentence = "Indiquez comment et quand la personne a été jointe."
        raise Invalid(sentence, fields={"note": sentence})


def _follow(actor: Actor, candidacy: Candidacy, result: str, reason: str, note: str) -> bool:
    """Bring the referral to what was said. Did it move?"""
    referral = candidacy.referral
    if referral is None:
        return False
    state = referral.state
    if result in FAVOURABLE and state in ("sent", "waitlisted"):
        referral = accept_referral(actor, referral=referral)
    if result == "enter":
        _keep_open(actor, candidacy)
        if referral.state in ("accepted", "in_progress"):
            complete_referral(actor, referral=referral, outcome=Outcome.TRAINING)
    elif result in ("complete", "interrupt"):
        _close_later(actor, candidacy)
    elif result in CONTRARIES:
        _end(actor, referral, reason, note)
    return referral.state != state


def _end(actor: Actor, referral: Referral, reason: str, note: str) -> None:
    said = str(REFERRAL_REASONS.get(BodyReason(reason), reason)) if reason in BodyReason.values else reason
    if referral.state in ("sent", "waitlisted"):
        decline_referral(actor, referral=referral, reason=said, met_how=note, note=note)
    elif referral.state in ("accepted", "in_progress", "paused"):
        fail_referral(actor, referral=referral, reason=said, met_how=note, note=note)


def _keep_open(actor: Actor, candidacy: Candidacy) -> None:
    """The body teaches the person: what the referral opened stays open as long as the training lasts."""
    if candidacy.receiver_id and candidacy.receiver_id != candidacy.organization_id:
        open_access(
            actor, beneficiary_id=candidacy.beneficiary_id, organization_id=candidacy.receiver_id, level=Level.REFERRAL,
            reason="Entrée en formation", source=candidacy,
        )  # fmt: skip


def _close_later(actor: Actor, candidacy: Candidacy) -> None:
    department = Department.objects.get(pk=candidacy.department_id)
    close_access(actor, source=candidacy, at=actor.now + timedelta(days=department.delay("access_after_completion")))
