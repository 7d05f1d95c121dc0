"""What leaves the directory as data·inclusion v1: a search for members, what is marked public for anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Invalid, NotVisible
from hub.core.pages import paginate
from partners.exports import as_inclusion
from partners.models import Department
from partners.selectors.directory.asked import Asked
from partners.selectors.directory.search import published, search_services

MOST_EXPORTED = 5000
FEED_PAGE = 500


def exported(actor: Actor, asked: Asked) -> dict[str, list[dict[str, Any]]]:
    """All that a search finds. Raises `Invalid` when that is too much for one file."""
    found = search_services(actor, asked, size=MOST_EXPORTED)
    if found.page.next:
        raise Invalid(f"Cette recherche trouve plus de {MOST_EXPORTED} services : ajoutez un filtre pour l'exporter.")
    return as_inclusion(found.page.rows, today=actor.today, code=visible(actor, Department).get().code)


def public_feed(code: str, *, after: str = "") -> tuple[dict[str, list[dict[str, Any]]], str]:
    """One page of what the organisations of a Département mark public, and the cursor of the next. Raises
    `NotVisible` for a Département that is not here."""
    department = Department.objects.filter(code=code).first()
    if department is None:
        raise NotVisible
    actor = Actor.system(department.pk, datetime.now(UTC))
    rows = published(actor).filter(public=True).select_related("organization", "structure")
    page = paginate(rows, order=("id",), after=after, size=FEED_PAGE)
    return as_inclusion(page.rows, today=actor.today, code=code), page.next
