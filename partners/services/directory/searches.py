"""Searches a member keeps: a name, the filters as the address writes them, told of what is published since."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.events import emit
from partners.events import SavedSearchMet
from partners.models import SavedSearch
from partners.selectors.directory.asked import KEPT, asked_of
from partners.selectors.directory.search import count_published_since

MOST = 20
MOST_LOOKED_AT = 500  # in one go; those looked at longest ago first


@transaction.atomic
def save_search(actor: Actor, *, name: str, query: str, notify: bool = True) -> SavedSearch:
    """Keep a search under a name, in place of the one of the same name. Raises `Invalid`: no name, nothing asked, too
    many."""
    require(actor, "service.suggest")
    name, kept = " ".join(name.split())[:60], filters_of(query)
    mine = visible(actor, SavedSearch)
    if not name:
        raise Invalid(fields={"name": "Donnez un nom à cette recherche."})
    if not kept:
        raise Invalid("Cherchez d'abord quelque chose : une recherche gardée retient des mots ou des filtres.")
    former = mine.filter(name=name).first()
    if former is None and mine.count() >= MOST:
        raise Invalid(f"Vous avez déjà {MOST} recherches : retirez-en une d'abord.")
    search = former or SavedSearch(
        department_id=actor.department_id, user_id=actor.user_id, organization_id=actor.organization_id, name=name
    )
    search.query, search.notify, search.seen_at = kept, notify, actor.now
    search.save()
    return search


@transaction.atomic
def forget_search(actor: Actor, *, search: SavedSearch) -> None:
    """Forget one of one's searches."""
    require(actor, "service.suggest")
    search.delete()


@transaction.atomic
def tell_saved_searches(actor: Actor) -> int:
    """Tell those who keep a search what was published since they were last told; how many were."""
    told = 0
    rows = SavedSearch.objects.filter(department_id=actor.department_id, notify=True).order_by("seen_at", "id")
    for search in rows[:MOST_LOOKED_AT]:
        count = count_published_since(actor, asked_of(search.query), search.seen_at)
        search.seen_at = actor.now
        search.save(update_fields=["seen_at"])
        if count:
            told += 1
            emit(SavedSearchMet(department_id=actor.department_id, search_id=search.pk, count=count))
    return told


def filters_of(query: str) -> str:
    """The search of an address, and nothing else of it."""
    return urlencode([(name, value) for name, value in parse_qsl(query[:1000]) if name in KEPT])[:300]
