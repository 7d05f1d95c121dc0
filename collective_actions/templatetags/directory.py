"""Words of the directory: labels of codes, how fresh a service is, how far."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from partners import vocabulary
from partners.freshness import Freshness
from partners.inclusion import CODES
from partners.models import Service
from partners.models.services import ServiceNature

NATURES: dict[str, str] = {
    ServiceNature.ACTION: "Action collective",
    ServiceNature.PROFESSIONAL: "Entre professionnels",
    ServiceNature.POST: "Poste ouvert",
}
register = template.Library()


@register.filter
def labels(codes: str | Iterable[str], name: str) -> str:
    """`{{ service.audiences|labels:"audiences" }}`: the French words of codes of one list, in the order given."""
    given = [codes] if isinstance(codes, str) else codes
    return ", ".join(CODES[name].get(code, code) for code in given if code)


@register.filter
def kilometres(metres: int | None) -> str:
    """ "à 3 km", "à moins d'1 km"."""
    if metres is None:
        return ""
    return f"à {round(metres / 1000)} km" if metres >= 1000 else "à moins d'1 km"


@register.filter
def is_old(service: Service, limits: Freshness) -> bool:
    """Was it verified too long ago, or never?"""
    return limits.is_old(service)


@register.filter
def is_free(service: Service) -> bool:
    """Does it cost nothing?"""
    return service.fee == vocabulary.FREE


@register.filter
def is_remote(service: Service) -> bool:
    """Is it there from a distance?"""
    return vocabulary.AT_A_DISTANCE in service.reception


@register.filter
def nature_label(nature: str) -> str:
    """One of a kind: "Action collective"."""
    return NATURES.get(nature, "")
