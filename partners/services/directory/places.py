"""Places left: counted by the apps that keep seats, read by the search."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from partners.models import Service
from partners.services.directory.index import PLACES


@transaction.atomic
def set_has_places(service_id: UUID, has_places: bool) -> None:
    """Say whether somebody may still be given a seat; writes only when that changes."""
    wrong = Service.objects.filter(pk=service_id, has_places=not has_places)
    row = wrong.select_for_update().only("facets").first()
    if row is not None:
        facets = sorted({*row.facets, PLACES} if has_places else {*row.facets} - {PLACES})
        Service.objects.filter(pk=service_id).update(has_places=has_places, facets=facets)
