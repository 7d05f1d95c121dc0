"""Invitations: the only way into the product. One address, one organisation, one use, a few days."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.crypto import token_hash
from hub.core.errors import Conflict, NotVisible, Refused
from partners.models import Department, Invitation, Membership, Organization, Team, Territory, User
from partners.models.members import Role
from partners.services.members import MONDAY_TO_FRIDAY, check_rights, refuse_above
from partners.tasks import schedule_delivery

GONE = "Cette invitation n'est plus valable : elle a déjà servi, a expiré ou a été remplacée."
OTHER_ADDRESS = (
    "Cette invitation est destinée à une autre adresse que celle de votre compte. "
    "Déconnectez-vous, puis ouvrez de nouveau le lien reçu."
)


@transaction.atomic
def send_invitation(
    actor: Actor,
    *,
    email: str,
    organization: Organization,
    first_name: str = "",
    last_name: str = "",
    team: Team | None = None,
    role: str = Role.MEMBER,
    functions: Iterable[str] = (),
    territories: Iterable[Territory] = (),
    mail_later: bool = False,
) -> Invitation:
    """Invite an address; a pending invitation of the same address is replaced, its link stops working.

    The mail leaves after commit; with `mail_later` the caller schedules it with others. Raises `Conflict` for an
    active member, `Refused` for functions above the actor's.
    """
    require(actor, "invitation.send", organization)
    wanted = check_rights(actor, organization, team=team, functions=functions, territories=territories)
    address = email.strip().lower()
    mine = {"organization": organization, "department_id": actor.department_id}
    if Membership.objects.filter(user__email=address, active=True, **mine).exists():
        raise Conflict("Cette personne est déjà membre de cette organisation.", code="already_member")
    pending = Invitation.objects.select_for_update(of=("self",)).filter(email=address, accepted_at=None, **mine)
    invitation = pending.first() or Invitation(email=address, **mine)
    invitation.first_name, invitation.last_name = first_name.strip(), last_name.strip()
    invitation.team, invitation.role, invitation.functions = team, role, wanted
    _renew(actor, invitation)
    if not mail_later:
        _mail(invitation)
    invitation.territories.set(territories)
    return invitation


@transaction.atomic
def resend_invitation(actor: Actor, *, invitation: Invitation) -> Invitation:
    """A new link and a new delay; the previous link stops working. Raises `Conflict` once accepted."""
    require(actor, "invitation.send", invitation)
    refuse_above(actor, invitation.organization, invitation.functions)
    locked = _lock_pending(invitation)
    _renew(actor, locked)
    _mail(locked)
    return locked


@transaction.atomic
def revoke_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """Forget an invitation: its link stops working at once. Raises `Conflict` once accepted."""
    require(actor, "invitation.send", invitation)
    _lock_pending(invitation).delete()


def open_invitation(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link. Raises `NotVisible`, with one sentence for unknown, used and expired alike."""
    found = (
        Invitation.objects.select_related("organization", "department", "team", "invited_by")
        .filter(token_hash=token_hash(token), accepted_at=None, expires_at__gt=now, organization__active=True)
        .first()
    )
    if found is None:
        raise NotVisible(GONE, code="invitation_gone")
    return found


def has_account(invitation: Invitation) -> bool:
    """Does the invited address already have an account? Told to the bearer of the link only."""
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def accept_with_new_account(*, token: str, first_name: str, last_name: str, password: str, now: datetime) -> Membership:
    """Create the account of the invited address and its membership. `password` is already validated.

    Raises `NotVisible` for a link that no longer works, `Conflict` when the address has an account.
    """
    invitation = _take(token, now)
    if has_account(invitation):
        raise Conflict("Un compte existe déjà à cette adresse : connectez-vous pour accepter.", code="account_exists")
    user = User.objects.create_user(invitation.email, password, first_name=first_name, last_name=last_name)
    return _join(invitation, user, now)


@transaction.atomic
def accept_with_account(*, token: str, user: User, now: datetime) -> Membership:
    """Attach a signed-in account. Raises `Refused` for another address, `NotVisible` for a dead link."""
    invitation = _take(token, now)
    if user.email.lower() != invitation.email:
        raise Refused(OTHER_ADDRESS, code="other_address")
    return _join(invitation, user, now)


def _renew(actor: Actor, invitation: Invitation) -> None:
    """A link nobody knows yet (the token is drawn when the mail leaves) and a fresh delay."""
    days = Department.objects.get(pk=actor.department_id).delay("invitation")
    invitation.token_hash = token_hash(secrets.token_urlsafe(32))
    invitation.invited_by_id = actor.user_id
    invitation.sent_at, invitation.mailed_at = actor.now, None
    invitation.expires_at = actor.now + timedelta(days=days)
    invitation.save()


def _mail(invitation: Invitation) -> None:
    ids: list[UUID] = [invitation.pk]
    transaction.on_commit(partial(schedule_delivery, ids), robust=True)


def _lock_pending(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk, accepted_at=None).first()
    if locked is None:
        raise Conflict("Cette invitation a déjà été acceptée.", code="accepted")
    return locked


def _take(token: str, now: datetime) -> Invitation:
    """Lock the invitation, so that two clicks on its link open one account."""
    found = open_invitation(token, now=now)
    Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return open_invitation(token, now=now)


def _join(invitation: Invitation, user: User, now: datetime) -> Membership:
    membership, _ = Membership.objects.update_or_create(
        user=user,
        organization=invitation.organization,
        department=invitation.department,
        defaults={
            "team": invitation.team,
            "role": invitation.role,
            "functions": invitation.functions,
            "active": True,
        },
        create_defaults={
            "team": invitation.team,
            "role": invitation.role,
            "functions": invitation.functions,
            "working_days": list(MONDAY_TO_FRIDAY),
        },
    )
    membership.territories.set(invitation.territories.all())
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return membership
