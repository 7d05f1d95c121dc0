"""The list of people: search, filters, pages. What a row shows obeys the level (`referrals.disclosure`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, Window

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.identifiers import BadIdentifier, caf_number, pes_keys
from hub.core.pages import Page, total
from hub.core.text import first_name_keys, fold, name_key
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
from referrals.policies.people import active_grants, count_people, people_within_reach
from referrals.policies.referrals import referrals_of_page

PAGE_SIZE = 25
WORD = re.compile(r"[^\W_]+")
ORDER = ("sort_key", "id")
REFERENT = ("beneficiary", "organization__name", "referent__first_name", "referent__last_name")
SHOWN = ("last_name", "first_names", "birth_date", "died_on", "confidential_address", "city", "commune__name")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One row: the identity the level allows, who follows, what is open; empty where the level says nothing."""

    person: Beneficiary
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

    page: Page[Beneficiary]
    lines: list[PersonLine]
    total: int


def people_list(actor: Actor, filters: Mapping[str, Any], *, after: str = "") -> PeopleList:
    """Six queries at most, whatever the number of rows. Raises `Invalid` for a cursor that is not one."""
    people = filtered(actor, filters)
    shown = people.select_related("commune").only(*SHOWN)
    if filters.get("q") and not after:  # a search reads all it finds to sort it: counted on the way
        page = _page(shown.annotate(found=Window(Count("*"))), after)
        count = getattr(page.rows[0], "found", 0) if page.rows else 0
    else:
        page = _page(shown, after)
        everybody = (after or page.next) and not any(filters.values())
        count = count_people(actor) if everybody else total(page, people, after=after)
    return PeopleList(page, _lines(actor, page.rows), count)


def filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[Beneficiary]:
    """The visible people that every given filter keeps."""
    people = visible(actor, Beneficiary)
    if query := filters.get("q"):
        people = search(actor, people, query)
    if territory := filters.get("territory"):
        people = people.filter(territory=territory)
    if track := filters.get("track"):
        people = people.filter(Exists(_decisions().filter(track=track)))
    if organization := filters.get("referent"):
        people = people.filter(Exists(_referents().filter(organization=organization)))
    for name in filters.get("show") or ():
        people = people.filter(_condition(actor, name))
    return people


def search(actor: Actor, people: QuerySet[Beneficiary], query: str) -> QuerySet[Beneficiary]:
    """Every word in any name, without accents; for the Département, also an exact identifier.

    A name is searched only where the level shows it: a person known by first name and initial is not found by name.
    """
    words = WORD.findall(fold(query))[:6]
    if not words:
        return people.none()
    if not actor.is_wide:
        named = active_grants(actor).exclude(level=Level.MINIMAL).values("beneficiary")
        return people.filter(_named(words), pk__in=named)
    return people.filter(_named(words) | _by_identifier(query.strip()))


def _named(words: list[str]) -> Q:
    """SQL: every word is in the names, found by index (`people_named` holds the second lock too)."""
    found = Func(
        Value(words, ArrayField(TextField())),
        function="people_named",
        template="ARRAY(SELECT %(function)s(%(expressions)s))",
    )
    return Q(Func(F("pk"), found, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))


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
    return visible(actor, Beneficiary).filter(_condition(actor, "no_referent"))


def _condition(actor: Actor, name: str) -> Any:
    conditions = {
        "mine": lambda: Exists(_portfolio(actor)),
        "no_track": lambda: ~Exists(_decisions()),
        "no_referent": lambda: Q(~Exists(_referents()), died_on=None),
        "open_referral": lambda: Exists(_open_referrals(actor)),
        "open_gap": lambda: Exists(_open_gaps(actor)),
    }
    return conditions[name]()


def _by_identifier(text: str) -> Q:
    found = Q(internal_id=text)
    if keys := pes_keys(text):
        found |= Q(pes_keys__overlap=list(keys))
    try:
        number = caf_number(text)
    except BadIdentifier:
        number = None
    return found | Q(caf_number=number) if number else found


def _decisions() -> QuerySet[TrackDecision]:
    return TrackDecision.objects.filter(beneficiary=OuterRef("pk"), ended_on=None, voided_at=None)


def _referents() -> QuerySet[SupportAssignment]:
    return SupportAssignment.objects.filter(
        beneficiary=OuterRef("pk"), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )


def _portfolio(actor: Actor) -> QuerySet[SupportAssignment]:
    """Those entrusted to me; to my team or organisation, when nobody was named yet."""
    mine = Q(referent_id=actor.user_id)
    unnamed = Q(referent=None, organization_id=actor.organization_id)
    if actor.team_id:
        unnamed &= Q(team=None) | Q(team_id=actor.team_id)
    return SupportAssignment.objects.filter(mine | unnamed, beneficiary=OuterRef("pk"), ends_on=None)


def _open_referrals(actor: Actor) -> QuerySet[Referral]:
    """Never the sensitive ones of others: row-level security and the scope both leave them out."""
    referrals = visible(actor, Referral).filter(state__in=OPEN_STATES, sent_at__isnull=False)
    return referrals.filter(beneficiary=OuterRef("pk"))


def _open_gaps(actor: Actor) -> QuerySet[RegistrationGap]:
    return visible(actor, RegistrationGap).filter(beneficiary=OuterRef("pk"), state__in=OPEN_GAP_STATES)


def _page(people: QuerySet[Beneficiary], after: str) -> Page[Beneficiary]:
    """Keyset on (sort_key, id); the cursor is an id alone, since a name must not travel in an address."""
    if after:
        people = people.filter(_beyond(after))
    rows = list(people.order_by(*ORDER)[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else "")


def _beyond(after: str) -> Q:
    try:
        last = Beneficiary.objects.values_list("sort_key", "pk").get(pk=UUID(after))
    except (ValueError, Beneficiary.DoesNotExist) as error:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error
    return Q(sort_key__gt=last[0]) | Q(sort_key=last[0], pk__gt=last[1])


def _lines(actor: Actor, people: list[Beneficiary]) -> list[PersonLine]:
    ids = [person.pk for person in people]
    if not ids:
        return []
    levels = dict.fromkeys(ids, Level.MINIMAL) | levels_of(actor, ids)
    decisions = TrackDecision.objects.filter(beneficiary__in=ids, ended_on=None, voided_at=None)
    tracks = {person: str(Track(code).label) for person, code in decisions.values_list("beneficiary", "track")}
    assignments = SupportAssignment.objects.filter(
        beneficiary__in=ids, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )
    referents = {person: _referent(*names) for person, *names in assignments.values_list(*REFERENT)}
    referred, gaps = _open_work(actor, levels)
    return [_line(person, levels[person.pk], tracks, referents, referred, gaps) for person in people]


def _open_work(actor: Actor, levels: Mapping[UUID, str]) -> tuple[set[UUID], set[UUID]]:
    """Who of a page of visible people has an open referral, who has an open gap: one query, by indexes on people.

    Gaps follow a visible person from the level of support on (`gaps_of`): the page already knows its levels.
    """
    supported = [pk for pk, level in levels.items() if reaches(level, Level.SUPPORT)]
    followed = supported if can(actor, "gap.list") else []
    gaps = RegistrationGap.objects.filter(beneficiary__in=followed, state__in=OPEN_GAP_STATES)
    on_page = referrals_of_page(actor, Referral.objects.all(), people=list(levels), supported=supported)
    referred = on_page.filter(state__in=OPEN_STATES, sent_at__isnull=False)
    found = [rows.order_by().values_list("beneficiary", Value(name)) for rows, name in ((referred, "r"), (gaps, "g"))]
    flags = set(found[0].union(found[1]))
    return {pk for pk, name in flags if name == "r"}, {pk for pk, name in flags if name == "g"}


def _line(
    person: Beneficiary,
    level: str,
    tracks: Mapping[UUID, str],
    referents: Mapping[UUID, str],
    referred: set[UUID],
    gaps: set[UUID],
) -> PersonLine:
    identified, supported = reaches(level, Level.PLACEMENT), reaches(level, Level.SUPPORT)
    return PersonLine(
        person=person,
        level=level,
        name=short_name(person, level),
        birth_date=person.birth_date if identified else None,
        place=_place(person) if identified else "",
        track=tracks.get(person.pk, "") if supported else "",
        referent=referents.get(person.pk, "") if supported else "",
        open_referral=person.pk in referred,
        open_gap=supported and person.pk in gaps,
    )


def _referent(organization: str, first_name: str | None, last_name: str | None) -> str:
    return " · ".join(filter(None, (organization, f"{first_name or ''} {last_name or ''}".strip())))


def _place(person: Beneficiary) -> str:
    """Where the person lives, unless that must stay unknown."""
    return "" if person.confidential_address else person.city or str(person.commune or "")
