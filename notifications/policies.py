"""Who sees which notices: a user sees his own, of the organisation he acts for."""

from __future__ import annotations

from typing import Any

from hub.core.access import scope
from hub.core.actor import Actor
from notifications.models import Notification


@scope(Notification)
def own_notices(actor: Actor, notices: Any) -> Any:
    """Of this user, in this organisation and Département."""
    return notices.filter(
        user_id=actor.user_id, organization_id=actor.organization_id, department_id=actor.department_id
    )
