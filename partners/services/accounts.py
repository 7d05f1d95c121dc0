"""What a person changes of his own account, whatever the organisation."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hub.core.errors import NotVisible
from partners.models import Membership, User


@transaction.atomic
def change_phone(*, user: User, phone: str) -> User:
    """The telephone number partners see (E.164, already cleaned)."""
    user.phone = phone
    user.save(update_fields=["phone"])
    return user


def own_membership(*, user: User, pk: UUID) -> Membership:
    """One active membership of this very user. Raises `NotVisible` for anything else."""
    mine = Membership.objects.filter(user=user, pk=pk, active=True, organization__active=True)
    found = mine.select_related("organization").first()
    if found is None:
        raise NotVisible
    return found
