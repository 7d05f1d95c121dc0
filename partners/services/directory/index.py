"""What searches read of services: computed columns, the text vector, the words one may mistype.

Called after every write of services, for them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.text import fold, name_key
from partners.models import Commune, DirectoryWord, Service
from partners.themes import THEME_LABELS
from partners.vocabulary import ACTION_MODES, AUDIENCES, KINDS, RECEPTION

WORD = re.compile(r"[a-z0-9]+")
ALL, EVERYWHERE = "all", "z:all"  # tokens: every service; a service that is not tied to a place
PLACES = "p:left"  # the token of what still has seats
SHORTEST_WORD, LONGEST_WORD = 4, 30
COMPUTED = ("search_name", "same_key", "keywords", "facets", "lat", "lon")
VECTORS = """
UPDATE partners_service SET search =
    setweight(to_tsvector('french', partners_fold(name)), 'A')
 || setweight(to_tsvector('french', keywords), 'B')
 || setweight(to_tsvector('french', partners_fold(left(description, 4000))), 'C')
WHERE id = ANY(%s)"""


def index(services: Iterable[Service]) -> None:
    """Compute what searches read of these services, as they were just saved."""
    rows = list(services)
    prepare(rows)
    Service.objects.bulk_update(rows, COMPUTED, batch_size=500)
    finish(rows)


def prepare(rows: list[Service]) -> None:
    """Fill the computed columns in memory: of rows that are about to be written."""
    codes = {row.insee or (row.structure.insee if row.structure else "") for row in rows}
    places = _places(codes | {code for row in rows for code in row.zone})
    for row in rows:
        compute(row, places)


def compute(service: Service, places: dict[str, Commune]) -> None:
    """Fill the computed columns of a service in memory."""
    insee = service.insee or (service.structure.insee if service.structure else "")
    commune = places.get(insee)
    service.search_name = fold(service.name)[:150]
    service.same_key = f"{name_key(service.name)}|{insee or name_key(service.city)}"[:200]
    service.keywords = fold(" ".join(_said(service, commune)))
    service.facets = _facets(service, commune, places)
    service.lat, service.lon = _place(service, commune)


def finish(rows: list[Service]) -> None:
    """What is computed where it is kept, of rows just written: their text vectors, the words they use."""
    with connection.cursor() as cursor:
        cursor.execute(VECTORS, [[row.pk for row in rows]])
    learn(rows)


def learn(services: Iterable[Service]) -> None:
    """Keep the words these services are written with, each Département its own."""
    found: dict[UUID, set[str]] = {}
    for service in services:
        text = f"{service.search_name} {service.keywords} {fold(service.description[:4000])}"
        kept = found.setdefault(service.department_id, set())
        kept.update(word for word in WORD.findall(text) if SHORTEST_WORD <= len(word) <= LONGEST_WORD)
    for department_id, words in found.items():
        known = DirectoryWord.objects.filter(department_id=department_id, word__in=words)
        new = words - set(known.values_list("word", flat=True))
        rows = [DirectoryWord(department_id=department_id, word=word, keys=keys_of(word)) for word in sorted(new)]
        DirectoryWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def keys_of(word: str) -> list[str]:
    """The word, and the word less each of its letters: two words one slip apart share a key."""
    return sorted({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def reindex_communes(codes: Iterable[str]) -> int:
    """Communes changed territory: so did the services there. Returns how many."""
    rows = list(Service.objects.filter(insee__in=list(codes)).select_related("structure", "organization"))
    index(rows)
    return len(rows)


def _places(codes: set[str]) -> dict[str, Commune]:
    return {commune.insee: commune for commune in Commune.objects.filter(pk__in=codes - {""})}


def _said(service: Service, commune: Commune | None) -> Iterable[str]:
    """What somebody may look for, beside the name and the description."""
    provider: Any = service.provider
    yield provider.name
    yield service.city or (commune.name if commune else provider.city)
    yield from (THEME_LABELS.get(code, "") for code in service.themes)
    yield from (AUDIENCES.get(code, "") for code in service.audiences)
    yield KINDS.get(service.kind, "")
    yield from (RECEPTION.get(code, "") for code in service.reception)
    yield from (ACTION_MODES.get(code, "") for code in service.action_modes if code == "se-presenter")


def _facets(service: Service, commune: Commune | None, places: dict[str, Commune]) -> list[str]:
    """One token by thing one may filter: `t:` theme, `c:` its category, `k:` kind, `a:` audience, `f:` fee, `r:`
    reception, `z:` territory, `n:` nature, `p:` places left."""
    found = {ALL, f"n:{service.nature}", *(f"t:{code}" for code in service.themes)}
    found |= {f"c:{code.partition('--')[0]}" for code in service.themes}
    found |= {f"a:{code}" for code in service.audiences} | {f"r:{code}" for code in service.reception}
    found |= {f"k:{service.kind}"} if service.kind else set()
    found |= {f"f:{service.fee}"} if service.fee else set()
    found |= {PLACES} if service.has_places else set()
    if commune and commune.territory_id:
        found.add(f"z:{commune.territory_id}")
    elif commune is None:
        found |= _territories(service, places)
    return sorted(found)


def _territories(service: Service, places: dict[str, Commune]) -> set[str]:
    """Of what has no place: the territories of the communes it is open to, all of them when it names another zone."""
    open_to = [places.get(code) for code in service.zone]
    if not open_to or not all(one and one.territory_id for one in open_to):
        return {EVERYWHERE}
    return {f"z:{one.territory_id}" for one in open_to if one}


def _place(service: Service, commune: Commune | None) -> tuple[float | None, float | None]:
    for one in (service, service.structure, commune):
        if one is not None and one.latitude is not None and one.longitude is not None:
            return one.latitude, one.longitude
    return None, None
