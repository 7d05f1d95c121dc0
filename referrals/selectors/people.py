"""The list of people by pages. What a row shows obeys the level (`referrals.disclosure`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, Window
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Trim

from hub.core.access import among, can, visible
from hub.core.actor import Actor
from hub.core.compiled import Several, Text, compiled, number_of
from hub.core.errors import Invalid
from hub.core.pages import Page
from hub.core.text import first_name_keys, name_key
from partners.models import Commune
from referrals.disclosure import levels_of, reaches, short_name
from referrals.models import (
    AssignmentKind,
    Beneficiary,
    Level,
    Referral,
    RegistrationGap,
    SupportAssignment,
    Track,
    TrackDecision,
)
from referrals.models.referrals import OPEN_STATES
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.people import count_people, people_within_reach
from referrals.policies.referrals import referrals_of_page
from referrals.selectors.people_filters import Asked, asked, condition, filtered

PAGE_SIZE = 25
ORDER = ("sort_key", "id")
TRACKS = {code: str(label) for code, label in Track.choices}
Cursor = tuple[Text, UUID]

NOTHING = Value("")
NAMED = NullIf(Trim(Concat("referent__first_name", Value(" "), "referent__last_name")), NOTHING)
REFERENT = Func(Value(" · "), F("organization__name"), NAMED, function="CONCAT_WS")


class Person(NamedTuple):
    """What a list reads of a person."""

    pk: UUID
    last_name: str
    first_names: str
    birth_date: date | None
    died_on: date | None
    confidential_address: bool
    place: str

    def __str__(self) -> str:
        return f"{self.last_name.upper()} {self.first_names}"


COMMUNE = Subquery(Commune.objects.filter(pk=OuterRef("commune")).values("name"))
PLACE = Coalesce(NullIf("city", NOTHING), COMMUNE, NOTHING)  # a search sorts hundreds: communes are not joined to each
READ = (*Person._fields[:-1], PLACE)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One row: the identity the level allows, who follows, what is open; empty where the level says nothing."""

    person: Person
    level: str
    name: str
    birth_date: date | None
    place: str
    track: str
    referent: str
    open_referral: bool
    open_gap: bool


@dataclass(frozen=True, slots=True)
class PeopleList:
    """One page of people and the exact count of all those the filters keep."""

    page: Page[Person]
    lines: list[PersonLine]
    total: int


def people_list(actor: Actor, filters: Mapping[str, Any], *, after: str = "") -> PeopleList:
    """Four queries at most, whatever the number of rows. Raises `Invalid` for a cursor that is not one."""
    chosen = asked(filters)
    if chosen.words == []:  # nothing but signs
        return PeopleList(Page([], ""), [], 0)
    rows = _rows(actor, chosen, _cursor(after))
    people = [Person(*row[: len(READ)]) for row in rows[:PAGE_SIZE]]
    page = Page(people, str(people[-1].pk) if len(rows) > PAGE_SIZE else "")
    return PeopleList(page, _lines(actor, people), _total(actor, chosen, rows, after))


def duplicates_of(
    actor: Actor, *, last_name: str, first_names: str, birth_date: date | None, but: UUID | None = None
) -> list[Beneficiary]:
    """People of the Département with the same normalised names and birth date; only it may know of them."""
    if not can(actor, "person.create") or birth_date is None:
        return []
    last, (first, _) = name_key(last_name), first_name_keys(first_names)
    same = people_within_reach(actor, Beneficiary.objects.filter(department_id=actor.department_id)).filter(
        Q(last_key=last) | Q(birth_key=last), first_key=first, birth_date=birth_date
    )
    others = same.exclude(pk=but) if but else same
    return list(others.select_related("territory").order_by(*ORDER)[:5])


def without_referent(actor: Actor) -> QuerySet[Beneficiary]:
    """People of the actor's territories whom nobody supports."""
    return visible(actor, Beneficiary).filter(condition(actor, "no_referent"))


@compiled
def _rows(actor: Actor, asked: Asked, after: Cursor | None) -> QuerySet[Any, tuple[Any, ...]]:
    """One row more than the page. A search reads all it finds to sort it: its first page counts on the way."""
    people = filtered(actor, asked).order_by(*ORDER)
    if after:
        people = people.filter(Q(sort_key__gt=after[0]) | Q(sort_key=after[0], pk__gt=after[1]))
    counted = [Window(Count("*"))] if asked.words is not None and not after else []
    return people.values_list(*READ, *counted)[: PAGE_SIZE + 1]


@compiled
def _number(actor: Actor, asked: Asked) -> QuerySet[Any, int]:
    return number_of(filtered(actor, asked))


def _total(actor: Actor, asked: Asked, rows: list[tuple[Any, ...]], after: str) -> int:
    """All those the filters keep: nothing to ask when the first page is the last one."""
    if not after and len(rows) <= PAGE_SIZE:
        return len(rows)
    if asked.words is not None and not after:
        return int(rows[0][-1])
    return next(iter(_number(actor, asked)), 0) if any(asked) else count_people(actor)


def _cursor(after: str) -> Cursor | None:
    """Keyset on (sort_key, id); the cursor is an id alone, since a name must not travel in an address."""
    if not after:
        return None
    try:
        last = Beneficiary.objects.values_list("sort_key", "pk").get(pk=UUID(after))
    except (ValueError, Beneficiary.DoesNotExist) as error:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error
    return Text(last[0]), last[1]


def _lines(actor: Actor, people: list[Person]) -> list[PersonLine]:
    if not people:
        return []
    ids = [person.pk for person in people]
    levels = dict.fromkeys(ids, Level.MINIMAL) | levels_of(actor, ids)
    supported = Several([pk for pk in ids if reaches(levels[pk], Level.SUPPORT)])
    facts: dict[tuple[UUID, str], str] = {(pk, fact): text for pk, fact, text in _facts(actor, Several(ids), supported)}
    return [_line(person, levels[person.pk], facts) for person in people]


@compiled
def _facts(actor: Actor, people: Several, supported: Several) -> QuerySet[Any, tuple[UUID, str, str]]:
    """What is known of a page of visible people, by indexes on people: one statement.

    Gaps follow a visible person from the level of support on (`gaps_of`): the page already knows its levels.
    """
    decisions = TrackDecision.objects.filter(among("beneficiary", supported), ended_on=None, voided_at=None)
    referents = SupportAssignment.objects.filter(
        among("beneficiary", supported), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )
    gaps = RegistrationGap.objects.filter(among("beneficiary", supported), state__in=OPEN_GAP_STATES)
    gaps = gaps if can(actor, "gap.list") else gaps.none()
    referred = referrals_of_page(actor, Referral.objects.all(), people=people, supported=supported)
    referred = referred.filter(state__in=OPEN_STATES, sent_at__isnull=False)
    return _fact(decisions, "track", F("track")).union(
        _fact(referents, "referent", REFERENT), _fact(gaps, "gap"), _fact(referred, "referral"), all=True
    )


def _fact(rows: QuerySet[Any], name: str, text: Any = NOTHING) -> QuerySet[Any, tuple[Any, ...]]:
    return rows.order_by().values_list("beneficiary", Value(name), Cast(text, TextField()))


def _line(person: Person, level: str, facts: Mapping[tuple[UUID, str], str]) -> PersonLine:
    identified, pk = reaches(level, Level.PLACEMENT), person.pk
    return PersonLine(
        person=person,
        level=level,
        name=short_name(person, level),
        birth_date=person.birth_date if identified else None,
        place=_place(person) if identified else "",
        track=TRACKS.get(facts.get((pk, "track"), ""), ""),
        referent=facts.get((pk, "referent"), ""),
        open_referral=(pk, "referral") in facts,
        open_gap=(pk, "gap") in facts,
    )


def _place(person: Person) -> str:
    """Where the person lives, unless that must stay unknown."""
    return "" if person.confidential_address else person.place
