"""A better place: the receiver proposes it, the sender confirms it, the chain and its delay are kept."""

from __future__ import annotations

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.models import Organization
from referrals.models import Referral
from referrals.services.referrals.moves import finish, moved, person_of
from referrals.services.referrals.sending import check_target, send_referral
from referrals.workflows import REFERRAL


@transaction.atomic
def propose_redirect(actor: Actor, *, referral: Referral, to: Organization, note: str = "") -> Referral:
    """The receiver knows a better place; nothing moves, and nobody gains access, until the sender confirms."""
    require(actor, "referral.answer", referral)
    REFERRAL.check(referral, "redirect")
    if to.pk in (referral.receiver_id, referral.sender_id):
        raise Invalid("Choisissez un autre organisme.", fields={"to": "Choisissez un autre organisme."})
    check_target(actor, to, None, None)
    referral.redirect_to, referral.redirect_note = to, note.strip()
    referral.save(update_fields=["redirect_to", "redirect_note"])
    REFERRAL.record(referral, "propose_redirect", by=actor, note=note)
    return moved(actor, referral, "propose_redirect")


@transaction.atomic
def confirm_redirect(actor: Actor, *, referral: Referral) -> Referral:
    """The sender agrees: this one is redirected, a new one leaves, the chain and its delay are kept."""
    require(actor, "referral.confirm_redirect", referral)
    target = referral.redirect_to
    if target is None:
        raise Conflict("Aucune réorientation n'est proposée.", code="no_redirect")
    person = person_of(actor, referral)
    REFERRAL.perform(referral, "redirect", by=actor)
    finish(actor, referral, keep_access=False)
    moved(actor, referral, "redirect")
    return send_referral(
        actor,
        person=person,
        receiver=target,
        need=referral.need,
        note=referral.note,
        informed_on=referral.informed_on,
        previous=referral,
    )


@transaction.atomic
def refuse_redirect(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The sender prefers the present receiver, which still has to answer."""
    require(actor, "referral.confirm_redirect", referral)
    if referral.redirect_to_id is None:
        raise Conflict("Aucune réorientation n'est proposée.", code="no_redirect")
    referral.redirect_to, referral.redirect_note = None, ""
    referral.save(update_fields=["redirect_to", "redirect_note"])
    REFERRAL.record(referral, "refuse_redirect", by=actor, note=note)
    return moved(actor, referral, "refuse_redirect")
