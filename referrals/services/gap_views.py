"""Views of the list of gaps a member keeps: a name, the filters as the address writes them, one opening by itself."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from referrals.models import GapView

MOST = 8
KEPT = ("state", "kind", "territory", "organization", "team", "age", "order", "mine", "seen", "explained")


@transaction.atomic
def keep_view(actor: Actor, *, name: str, query: str, default: bool = False) -> GapView:
    """Keep filters under a name, in place of those of the same name. Raises `Invalid`: no name, no filter, too many."""
    require(actor, "gap.list")
    name, kept = " ".join(name.split())[:40], filters_of(query)
    mine = visible(actor, GapView)
    if not name:
        raise Invalid("Donnez un nom à cette vue.")
    if not kept:
        raise Invalid("Choisissez d'abord des filtres : une vue les garde.")
    former = mine.filter(name=name).first()
    if former is None and mine.count() >= MOST:
        raise Invalid(f"Vous avez déjà {MOST} vues : supprimez-en une d'abord.")
    if default:
        mine.filter(default=True).update(default=False)
    view = former or GapView(
        department_id=actor.department_id, user_id=actor.user_id, organization_id=actor.organization_id, name=name
    )
    view.query, view.default = kept, default
    view.save()
    return view


@transaction.atomic
def forget_view(actor: Actor, *, view: GapView) -> None:
    """Forget one of one's views."""
    require(actor, "gap.list")
    view.delete()


def filters_of(query: str) -> str:
    """The filters of an address, and nothing else of it."""
    return urlencode([(name, value) for name, value in parse_qsl(query[:1000]) if name in KEPT])[:300]
