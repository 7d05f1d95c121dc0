"""What the bell of every page shows: one query, on the cursor alone."""

from __future__ import annotations

import hashlib
from typing import Any

from django import template
from django.template.context import Context

from notifications.selectors import head_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bell_state(context: Context) -> dict[str, Any] | None:
    """Where the user stands, and a name shared by the tabs of this member in one browser; None for nobody."""
    actor = getattr(context["request"], "actor", None)
    if actor is None:
        return None
    name = hashlib.sha256(f"{actor.membership_id}".encode()).hexdigest()[:16]
    return {"head": head_of(actor), "member": name}
