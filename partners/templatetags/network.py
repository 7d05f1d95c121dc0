"""Words of the network: names of functions and themes, states of invitations and keys."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from partners.models import ApiToken, Invitation
from partners.selectors.access import function_names
from partners.themes import theme_label

register = template.Library()
register.filter("theme", theme_label)


@register.filter
def functions(names: Iterable[str]) -> str:
    """ "Coordination d'un territoire, Import de personnes", or a dash."""
    return ", ".join(function_names(list(names))) or "—"


@register.filter
def several(things: Iterable[object]) -> str:
    """Two names at most, then how many: "Metz, Thionville", "5 territoires"."""
    names = [str(thing) for thing in things]
    return f"{len(names)} territoires" if len(names) > 2 else ", ".join(names) or "—"


@register.inclusion_tag("_state.html", takes_context=True)
def invitation_state(context: template.Context, invitation: Invitation) -> dict[str, str]:
    """Waiting, expired, or its mail not gone yet; `now` comes from the page."""
    if invitation.expires_at <= context["now"]:
        return {"label": "Expirée", "icon": "clock-alert", "tone": "warning"}
    if invitation.mailed_at is None:
        return {"label": "Courriel en cours d'envoi", "icon": "hourglass", "tone": "info"}
    return {"label": "En attente", "icon": "mail", "tone": "info"}


@register.inclusion_tag("_state.html", takes_context=True)
def token_state(context: template.Context, token: ApiToken) -> dict[str, str]:
    """In service, revoked or expired."""
    if token.revoked_at is not None:
        return {"label": "Révoquée", "icon": "ban", "tone": "neutral"}
    if token.expires_at <= context["now"]:
        return {"label": "Expirée", "icon": "clock-alert", "tone": "warning"}
    return {"label": "En service", "icon": "circle-check", "tone": "success"}
