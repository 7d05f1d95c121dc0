"""The tabs of "Formations & actions"."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from collective_actions.tabs import TABS
from hub.core.doors import entries

register = template.Library()


@register.inclusion_tag("collective_actions/_tabs.html", takes_context=True)
def action_tabs(context: Context) -> dict[str, Any]:
    """The tabs this member may open, the present page being marked."""
    request = context["request"]
    return {"tabs": entries(TABS, request.actor, request.path)}
