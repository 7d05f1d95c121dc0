"""The search of services: French text without accents, everyday and mistyped words, filters with counts, distance.

A page costs two statements (the rows, the counts) however much there is; a word that nothing holds costs a few more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from math import cos, radians
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import CharField, Count, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Power, Sqrt
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extractOne

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.pages import Page, paginate
from hub.core.text import fold
from partners.everyday import EVERYDAY, meant_by
from partners.models import Commune, DirectoryWord, Organization, Service
from partners.models.services import ServiceNature, ServiceState
from partners.selectors.directory.asked import Asked
from partners.services.directory.index import ALL, EVERYWHERE, keys_of

PAGE_SIZE = 20
NEAR_KM = 30
KM_OF_DEGREE = 111.2
RANKS = 1_000_000  # a rank is kept whole: a cursor must compare exactly
MOST_CANDIDATES = 200
MOST_COMMUNES = 2000  # of one Département
MOST_NEAR = 4  # known words tried for one that is not
ALIKE = 0.75  # of the letters of a commune's name
LONG_WORD = 8  # from there on two slips are forgiven, below one
# The filters that are tokens of `Service.facets`, by the letters of those.
LETTERS = {"theme": "ct", "kind": "k", "audience": "a", "fee": "f", "mode": "r", "territory": "z"} | {
    "nature": "n",
    "places": "p",
}
Order = tuple[str, ...]
Words = list[tuple[str, ...]]  # for each word asked, those that would do: itself, what it means, what comes closest
BY_NAME: Order = ("search_name", "id")
BY_RANK: Order = ("-rank", "search_name", "id")
BY_DISTANCE: Order = ("far", "search_name", "id")
NOWHERE = 10_000_000  # metres: what has no place comes after what has one
FRANCE = ("france", "99100")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of services, how many there are, how many by token if it were chosen; `instead`: the words that were
    looked for when those asked are found nowhere; `misread`: the commune asked is not the one looked around, if any."""

    page: Page[Service]
    total: int
    counts: dict[str, int]
    instead: str
    commune: Commune | None
    misread: bool


@dataclass(frozen=True, slots=True)
class _Understood:
    """The words as PostgreSQL looks for them, all services that hold them, and those of them that pass the filters."""

    words: Words
    instead: str
    holding: QuerySet[Service]
    matching: QuerySet[Service]


def search_services(
    actor: Actor, asked: Asked, *, after: str = "", size: int = PAGE_SIZE, organization: Organization | None = None
) -> Found:
    """Published services (of one organisation) that hold all the words, by rank; by distance or name without words."""
    commune = _commune(actor, asked)
    every = published(actor)
    said = _understood(actor, asked, commune, every.filter(organization=organization) if organization else every)
    counts = _counts(said.matching)
    rows = said.matching.select_related("organization", "structure").defer("search", "keywords", "facets")
    order = BY_NAME
    if commune is not None:
        rows, order = rows.annotate(metres=_metres(commune), far=Coalesce("metres", NOWHERE)), BY_DISTANCE
    if said.words:
        rank = Cast(SearchRank(F("search"), _beginning(said.words)) * RANKS, IntegerField())
        rows, order = rows.annotate(rank=rank), BY_RANK
    page = _page(rows, order, after, size)
    shown = counts | _of_other_choices(said, asked, commune)
    return Found(page, counts.get(ALL, 0), shown, said.instead, commune, _misread(asked, commune))


def count_published_since(actor: Actor, asked: Asked, since: datetime) -> int:
    """How many services that answer were published after an instant."""
    said = _understood(actor, asked, _commune(actor, asked), published(actor))
    return said.matching.filter(published_at__gt=since).count()


def services_near(actor: Actor, tokens: list[str], commune: Commune | None, *, most: int) -> list[Service]:
    """Services with one of these tokens that receive referrals: around a commune by distance, then those without a
    place."""
    rows = published(actor).filter(facets__overlap=tokens, organization__receives_referrals=True)
    rows = rows.exclude(nature=ServiceNature.PROFESSIONAL)
    rows = rows.filter(organization__active=True).select_related("organization").defer("search", "keywords")
    if commune is None or commune.latitude is None:
        return list(rows.order_by("search_name", "id")[:most])
    near = _open_to(rows, commune).annotate(metres=_metres(commune))
    near = near.filter(Q(metres__lte=NEAR_KM * 1000) | Q(lat=None))
    return list(near.order_by(F("metres").asc(nulls_last=True), "search_name", "id")[:most])


def published(actor: Actor) -> QuerySet[Service]:
    """What the directory shows."""
    return visible(actor, Service).filter(state=ServiceState.PUBLISHED)


def _understood(actor: Actor, asked: Asked, commune: Commune | None, every: QuerySet[Service]) -> _Understood:
    """Services that answer: by the stems of words, else by their beginnings, else by what everyday words mean, else by
    the words that come closest; the last of these is answered even when nothing holds it."""
    words: Words = [(word,) for word in asked.words]
    if not words:
        return _Understood([], "", every, _filtered(every, asked, commune))
    said = None
    for tried, query in _tries(actor, asked.words):
        holding = every.filter(search=query(tried))
        said = _Understood(tried, _written(tried, words), holding, _filtered(holding, asked, commune))
        if said.matching.exists():
            break
    assert said is not None  # something is always tried
    return said


def _tries(actor: Actor, words: list[str]) -> Iterator[tuple[Words, Callable[[Words], SearchQuery]]]:
    """What to look for, one after the other while nothing is found."""
    plain: Words = [(word,) for word in words]
    yield plain, _exact
    yield plain, _beginning
    meant = [_with_meaning(word) for word in words]
    if meant != plain:
        yield meant, _exact
    near = _near(actor, words)
    closest: Words = [(alike[0],) for alike in near]
    yield closest, _exact
    several: Words = [tuple(word for one in alike for word in _with_meaning(one)) for alike in near]
    if several != closest:
        yield several, _exact


def _with_meaning(word: str) -> tuple[str, ...]:
    meant = meant_by(word)
    return (word, meant) if meant else (word,)


def _written(tried: Words, asked: Words) -> str:
    """The words looked for, as a sentence says them; "" when they are those asked."""
    return " ".join(" ou ".join(dict.fromkeys(group)) for group in tried) if tried != asked else ""


def _page(rows: QuerySet[Service], order: Order, after: str, size: int) -> Page[Service]:
    """Raises `Invalid` for a cursor of another search too: its values are not those of this order."""
    try:
        return paginate(rows, order=order, after=after, size=size)
    except (ValidationError, DataError, TypeError, ValueError) as error:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error


def _of_other_choices(said: _Understood, asked: Asked, commune: Commune | None) -> dict[str, int]:
    """Of each filter that is set, what its other choices would give: one may go from one to the other."""
    found: dict[str, int] = {}
    for name, letters in LETTERS.items():
        if getattr(asked, name):
            others = _counts(_filtered(said.holding, replace(asked, **{name: ""}), commune))
            found |= {token: count for token, count in others.items() if token[0] in letters}
    return found


def _filtered(rows: QuerySet[Service], asked: Asked, commune: Commune | None) -> QuerySet[Service]:
    if tokens := asked.tokens:
        rows = rows.filter(facets__contains=tokens)
    if asked.territory:
        rows = rows.filter(facets__overlap=[f"z:{asked.territory}", EVERYWHERE])
    if commune is not None:
        rows = _open_to(_around(rows, commune, asked.kilometres), commune)
    return rows


def _open_to(rows: QuerySet[Service], commune: Commune) -> QuerySet[Service]:
    """Without those kept for the inhabitants of elsewhere. Which communes a group (EPCI, nine digits) holds is not
    known here: what names one stays."""
    written = Func(F("zone"), Value(" "), function="array_to_string", output_field=CharField())
    for_all = Q(zone=[]) | Q(zone__overlap=_zones(commune)) | Q(zone_written__regex=r"\d{9}")
    return rows.alias(zone_written=written).filter(for_all)


def _zones(commune: Commune) -> list[str]:
    """The codes of data·inclusion that hold a commune: itself, its Département, the country."""
    insee = commune.pk
    return [insee, insee[:3] if insee.startswith("97") else insee[:2], *FRANCE]


def _around(rows: QuerySet[Service], commune: Commune, km: int) -> QuerySet[Service]:
    """Within a distance of the middle of a commune (a square first, that needs no root), or without a place and open
    to it by name."""
    assert commune.latitude is not None and commune.longitude is not None
    tall = km / KM_OF_DEGREE
    wide = tall / cos(radians(commune.latitude))
    square = Q(
        lat__range=(commune.latitude - tall, commune.latitude + tall),
        lon__range=(commune.longitude - wide, commune.longitude + wide),
        around__lte=km * 1000,
    )
    coming = Q(lat=None, zone__overlap=_zones(commune))
    return rows.alias(around=_metres(commune)).filter(square | coming)


def _metres(commune: Commune) -> Cast:
    """SQL: how far, on a plane, which is exact enough within a Département."""
    north = Power((F("lat") - Value(commune.latitude)) * KM_OF_DEGREE, 2)
    east = Power((F("lon") - Value(commune.longitude)) * (KM_OF_DEGREE * cos(radians(commune.latitude or 0))), 2)
    return Cast(Sqrt(north + east) * 1000, IntegerField())


def _commune(actor: Actor, asked: Asked) -> Commune | None:
    """The commune asked about, or the one whose name comes closest, once its place is known."""
    if not asked.commune:
        return None
    communes = visible(actor, Commune).filter(latitude__isnull=False).order_by("-population")
    name = fold(asked.commune)
    if found := communes.filter(Q(pk=asked.commune[:5]) | Q(search_name=name)).first():
        return found
    names = list(communes.values_list("search_name", flat=True)[:MOST_COMMUNES])
    closest = extractOne(name, names, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=ALIKE)
    return communes.filter(search_name=closest[0]).first() if closest else None


def _misread(asked: Asked, commune: Commune | None) -> bool:
    if not asked.commune:
        return False
    return commune is None or not (asked.commune.startswith(commune.pk) or fold(asked.commune) == commune.search_name)


def _counts(rows: QuerySet[Service]) -> dict[str, int]:
    """How many services bear each token."""
    token: Any = Func(F("facets"), function="unnest", output_field=CharField())
    counted = rows.order_by().annotate(token=token).values("token").annotate(count=Count("*"))
    return dict(counted.values_list("token", "count"))


def _exact(words: Words) -> SearchQuery:
    return _raw(words, "{}")


def _beginning(words: Words) -> SearchQuery:
    return _raw(words, "{}:*")


def _raw(words: Words, pattern: str) -> SearchQuery:
    groups = (" | ".join(pattern.format(word) for word in group) for group in words)
    return SearchQuery(" & ".join(f"({group})" for group in groups), config="french", search_type="raw")


def _near(actor: Actor, words: list[str]) -> list[list[str]]:
    """For each word that nothing is known by, the known ones a slip or two away, the closest first; else itself."""
    mine = DirectoryWord.objects.filter(department_id=actor.department_id)
    wanted = reduce(or_, (Q(keys__overlap=keys_of(word)) for word in words))
    known = [*mine.filter(wanted).values_list("word", flat=True)[: MOST_CANDIDATES * len(words)], *EVERYDAY]
    return [[word] if word in known else _nearest(word, known) for word in words]


def _nearest(word: str, known: list[str]) -> list[str]:
    most = 2 if len(word) >= LONG_WORD else 1
    slips = {one: DamerauLevenshtein.distance(word, one, score_cutoff=most) for one in known}
    near = [one for one, far in slips.items() if far <= most]
    return sorted(near, key=lambda one: (slips[one], one))[:MOST_NEAR] or [word]
