"""What the directory puts on shared screens: services in the search box."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode

from hub.core.actor import Actor
from hub.core.slots import provide
from hub.core.today import SEARCH_SLOT, TodayLine, TodaySection
from partners.selectors.directory.asked import Asked
from partners.selectors.directory.search import search_services

SHOWN = 5


@provide(SEARCH_SLOT)
def search_directory(actor: Actor, query: str) -> Iterator[TodaySection]:
    """Services, by name, theme, place or who offers them."""
    asked = Asked(q=query)
    if not asked.words:
        return
    found = search_services(actor, asked, size=SHOWN)
    lines = [
        TodayLine(one.name, reverse("service", args=[one.pk]), " · ".join(filter(None, (one.provider.name, one.city))))
        for one in found.page.rows
    ]
    url = f"{reverse('directory')}?{urlencode({'q': query})}"
    yield TodaySection("Services", "book-open", found.total, lines, url, position=30)
