"""Small helpers of this folder: send, read the mail, follow the link."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.core import mail

from partners.models import Invitation, Membership
from partners.services.deliveries import deliver_invitations
from partners.services.invitations import send_invitation
from tests.cast import actor

LINK = re.compile(r"http\S+(/invitation/\S+/)")


def invite(by: Membership, email: str = "nouvelle@exemple.invalid", **rights) -> Invitation:
    """An invitation sent by a member for his own organisation, unless told otherwise."""
    organization = rights.pop("organization", by.organization)
    return send_invitation(actor(by), email=email, organization=organization, **rights)


def link_of(invitation: Invitation) -> str:
    """Deliver the mail and give back the path of its link."""
    deliver_invitations([invitation.pk], now=datetime.now(UTC))
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return found[1]
