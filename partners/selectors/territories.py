"""Territories and their communes."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet, Sum

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.text import fold
from partners.models import Commune, Territory

COMMUNE_ORDER = ("name", "insee")


def territory_list(actor: Actor) -> QuerySet[Territory]:
    """Territories of the Département, with their communes and inhabitants."""
    found = visible(actor, Territory).annotate(
        commune_count=Count("communes", distinct=True), inhabitants=Sum("communes__population")
    )
    return found.order_by("name", "pk")


def communes_of(actor: Actor, territory: Territory, *, q: str = "") -> QuerySet[Commune]:
    """Communes of a territory, searched without accents by name, INSEE code or postal code."""
    found = visible(actor, Commune).filter(territory=territory)
    for word in fold(q).split():
        found = found.filter(Q(search_name__contains=word) | Q(insee__startswith=word) | Q(postcodes__contains=word))
    return found


def orphan_communes(actor: Actor) -> int:
    """Communes attached to no territory: people who live there would be nobody's."""
    return visible(actor, Commune).filter(territory=None).count()
