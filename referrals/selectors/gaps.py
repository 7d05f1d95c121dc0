"""Registration gaps as their screens show them: the list with its counts, one gap with what is known.

A gap is a question to the professionals. Whoever may not know the motive (`gap.motive`) reads "à vérifier avec la
personne" and nothing that tells it: neither the kind, nor its dates, nor how a registration ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, Q, QuerySet, Value, When

from hub.core.access import can, get_visible, visible
from hub.core.actor import PARIS, Actor
from hub.core.pages import Page, paginate, total
from hub.core.slots import TimelineEntry
from partners.models import Organization, Team, Territory, User
from referrals.disclosure import level_of, levels_of, short_name
from referrals.models import (
    AssignmentKind,
    Beneficiary,
    EntryState,
    GapKind,
    GapLog,
    GapState,
    GapView,
    Level,
    RegistrationEntry,
    RegistrationGap,
    RegistrationList,
    RegistrationStatus,
    SupportAssignment,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.gaps import REFERENT_KINDS
from referrals.selectors.board import aged, mine, referents
from referrals.selectors.explanations import explained_now, known_of
from referrals.selectors.gap_appointments import expected_on, meetings_about, still_expected, told, with_meeting
from referrals.selectors.months import WITH_THE_PERSON, Square, months_of
from referrals.workflows import GAP

PAGE_SIZE = 25
ORDER = ("explained", "-opened_at", "id")
OLDEST_FIRST = ("explained", "opened_at", "id")
JOINED = ("beneficiary__territory", "beneficiary__registration", "in_charge", "in_charge_team")
BY_HAND = ("acknowledge", "take_charge", "resolve", "justify", "reopen")
LONGEST = 100  # lines of a journal or of a history
KINDS: dict[str, str] = {
    GapKind.STRUCK_OFF: "Radiation signalée",
    GapKind.CEASED: "Cessation signalée",
    GapKind.DISAPPEARED: "N'apparaît plus sur la liste",
    GapKind.NOT_REREGISTERED: "Pas de réinscription vue",
    GapKind.NEVER_REGISTERED: "Pas d'inscription vue",
    GapKind.CATEGORY_GAP: "Catégorie à mettre à jour",
}
# Facts that lists write to the journal, beside the transitions made by hand.
FACTS = {
    "open": "Signalée par la liste du mois",
    "change_kind": "Situation précisée par une liste",
    "undo": "Geste annulé",
}
ICONS = {
    "open": "circle-alert",
    "change_kind": "refresh-cw",
    "acknowledge": "eye",
    "take_charge": "hand",
    "resolve": "circle-check",
    "justify": "calendar-check",
    "lapse": "archive",
    "reopen": "rotate-ccw",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open gaps of one kind, or of one territory."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """One row: the person by level, what is to verify, who follows, what the hub knows."""

    gap: RegistrationGap
    name: str
    kind: str
    territory: str
    follower: str
    known: list[str]
    may_take: bool
    explained: bool  # the hub already knows why: apart, after the others
    holder: str  # in whose charge it is, in short


@dataclass(frozen=True, slots=True)
class GapList:
    """Counts of all open gaps the actor sees, then one page of those the filters keep and their exact number."""

    kinds: list[Tally]
    territories: list[Tally]
    buckets: list[Tally]
    open_total: int
    page: Page[RegistrationGap]
    lines: list[GapLine]
    total: int


@dataclass(frozen=True, slots=True)
class GapRecord:
    """One gap with everything its page shows."""

    gap: RegistrationGap
    name: str
    kind: str
    motive: str
    dates: list[tuple[str, date]]
    follower: str
    known: list[str]
    months: list[Square]
    history: list[TimelineEntry]
    journal: list[TimelineEntry]
    actions: frozenset[str]
    may_plan: bool  # an appointment about it


def gap_list(actor: Actor, filters: Mapping[str, Any], *, after: str = "") -> GapList:
    """Six queries at most, whatever the number of rows. Raises `Invalid` for a cursor that is not one."""
    open_gaps = visible(actor, RegistrationGap).filter(state__in=OPEN_GAP_STATES)
    groups = ("kind", "beneficiary__territory", "beneficiary__territory__name", "state", "explained")
    counted = list(ranked(actor, open_gaps).order_by().values_list(*groups).annotate(n=Count("pk")))
    open_total = sum(n for *_, n in counted)
    gaps = filtered(actor, filters)
    order = OLDEST_FIRST if filters.get("order") == "oldest" else ORDER
    narrowed = any(value for name, value in filters.items() if name != "order")
    page = paginate(
        with_meeting(actor, ranked(actor, gaps)).select_related(*JOINED), order=order, after=after, size=PAGE_SIZE
    )
    return GapList(
        kinds=_by_kind(counted) if can(actor, "gap.motive") else [],
        territories=_by_territory(counted),
        buckets=_by_bucket(counted),
        open_total=open_total,
        page=page,
        lines=_lines(actor, page.rows),
        total=total(page, gaps, after=after) if narrowed else open_total,
    )


def filtered(actor: Actor, filters: Mapping[str, Any]) -> QuerySet[RegistrationGap]:
    """The visible gaps that every given filter keeps; open ones unless said otherwise."""
    gaps = visible(actor, RegistrationGap).filter(in_state(filters.get("state", "")))
    if (kind := filters.get("kind")) and can(actor, "gap.motive"):
        gaps = gaps.filter(kind=kind)
    if territory := filters.get("territory"):
        gaps = gaps.filter(beneficiary__territory=territory)
    if organization := filters.get("organization"):
        gaps = gaps.filter(Exists(referents().filter(organization=organization)))
    if team := filters.get("team"):
        gaps = gaps.filter(Q(in_charge_team=team) | Exists(referents().filter(team=team)))
    if filters.get("mine"):
        gaps = gaps.filter(mine(actor))
    if days := filters.get("age"):
        gaps = gaps.filter(aged(actor, days))
    if filters.get("seen") == "never":
        gaps = gaps.filter(state=GapState.OPEN)
    if explained := filters.get("explained"):
        gaps = ranked(actor, gaps).filter(Q(explained=int(explained)))
    if job := filters.get("import"):
        told = {"opened": Q(opened_by_list__job=job), "closed": Q(closed_by_list__job=job)}
        gaps = gaps.filter(told.get(filters.get("done", ""), told["opened"] | told["closed"]))
    return gaps


def ranked(actor: Actor, gaps: QuerySet[RegistrationGap]) -> QuerySet[RegistrationGap]:
    """With `explained`: 1 when the hub already knows why the person is absent, so that it comes last."""
    knows = explained_now(actor.today)
    return gaps.annotate(explained=Case(When(knows, then=Value(1)), default=Value(0), output_field=IntegerField()))


def to_check(actor: Actor) -> QuerySet[RegistrationGap]:
    """Open gaps to work on today: those nobody took in charge, and mine; what is explained comes last."""
    waiting = filtered(actor, {}).filter(Q(in_charge=None) | Q(in_charge_id=actor.user_id))
    return ranked(actor, waiting).order_by(*ORDER)


def today_lines(actor: Actor, gaps: Iterable[RegistrationGap]) -> list[GapLine]:
    """Rows ready to be shown elsewhere than in the list."""
    return _lines(actor, list(gaps))


def get_gap(actor: Actor, pk: UUID) -> RegistrationGap:
    """A visible gap; raises `NotVisible`."""
    return get_visible(actor, RegistrationGap, pk, *JOINED)


def gap_record(actor: Actor, pk: UUID) -> GapRecord:
    """One gap; raises `NotVisible`."""
    gap = get_gap(actor, pk)
    person = gap.beneficiary
    sees = can(actor, "gap.motive", gap)
    handles = can(actor, "gap.handle", gap)
    meetings = meetings_about(actor, gap)
    return GapRecord(
        gap=gap,
        name=short_name(person, level_of(actor, person)),
        kind=kind_label(gap, sees=sees),
        motive=calm(gap.motive) if sees else "",
        dates=_dates(gap) if sees else [],
        follower=_followers([person.pk]).get(person.pk, ""),
        known=[*known_of(actor, [person], sees=sees)[person.pk], *still_expected(actor, meetings)],
        months=months_of(actor, person),
        history=history(actor, person, sees=sees),
        journal=sorted([*_journal(gap), *told(meetings)], key=lambda one: one.at, reverse=True),
        actions=frozenset(GAP.allowed_from(gap.state)) & frozenset(BY_HAND) if handles else frozenset(),
        may_plan=handles and gap.state in OPEN_GAP_STATES and can(actor, "appointment.plan", person),
    )


def history(actor: Actor, person: Beneficiary, *, sees: bool) -> list[TimelineEntry]:
    """What lists said of the person, latest first; how a registration ended only for who may know the motive."""
    entries = list(RegistrationEntry.objects.filter(beneficiary=person).order_by("-on", "-id")[:LONGEST])
    # Lists belong to the Département and to who brought them: a join would hide their entries from other followers.
    months = dict(RegistrationList.objects.filter(pk__in={one.list_id for one in entries}).values_list("pk", "month"))
    return [_entry(one, months.get(one.list_id), sees=sees) for one in entries]


def kind_label(gap: RegistrationGap, *, sees: bool) -> str:
    """The kind in calm words, or what there is to do when the motive is not for this reader."""
    return KINDS[gap.kind] if sees else WITH_THE_PERSON


def status_sentence(status: RegistrationStatus | None, *, sees: bool) -> str:
    """What is known of a registration now."""
    if status is None:
        return "Aucune inscription vue sur une liste."
    day = f"{status.since:%d/%m/%Y}"
    if status.state == EntryState.REGISTERED:
        return f"Inscription depuis le {day}"
    if not sees:
        return f"Dernière information le {day}"
    label = EntryState(status.state).label
    return " · ".join(filter(None, (f"{label} le {day}", calm(status.motive))))


def calm(motive: str) -> str:
    """A motive as a list writes it, without shouting: lists are in capitals."""
    return motive.capitalize() if motive.isupper() else motive


def referent_choices(actor: Actor) -> QuerySet[Organization]:
    """Organisations that may be somebody's referent."""
    return visible(actor, Organization).filter(kind__in=REFERENT_KINDS).order_by("name")


def views_of(actor: Actor) -> list[GapView]:
    """The views this member keeps."""
    return list(visible(actor, GapView))


def team_choices(actor: Actor) -> QuerySet[Team]:
    """Teams of the actor's own organisation that work with people."""
    return visible(actor, Team).filter(organization_id=actor.organization_id, sees_people=True)


def territory_choices(actor: Actor) -> QuerySet[Territory]:
    return visible(actor, Territory)


def in_state(state: str) -> Q:
    """Open gaps unless said otherwise; those of a list taken back are not closed: they never were."""
    if state == "all":
        return Q()
    if state == "closed":
        return ~Q(state__in=(*OPEN_GAP_STATES, GapState.VOID))
    return Q(state=state) if state in GapState.values else Q(state__in=OPEN_GAP_STATES)


def _by_kind(counted: Iterable[tuple[Any, ...]]) -> list[Tally]:
    found: Counter[str] = Counter()
    for kind, *_, n in counted:
        found[kind] += n
    return [Tally(kind, label, found[kind]) for kind, label in KINDS.items() if found[kind]]


def _by_territory(counted: Iterable[tuple[Any, ...]]) -> list[Tally]:
    found: Counter[tuple[str, str]] = Counter()
    for _, territory, name, *_, n in counted:
        if territory:
            found[(str(territory), name)] += n
    return [Tally(key, name, n) for (key, name), n in sorted(found.items(), key=lambda one: one[0][1])]


def _by_bucket(counted: Iterable[tuple[Any, ...]]) -> list[Tally]:
    """What nobody has looked at yet, and what the hub already explains: apart."""
    rows = list(counted)
    never = sum(n for *_, state, explained, n in rows if state == GapState.OPEN and not explained)
    known = sum(n for *_, explained, n in rows if explained)
    unseen = "jamais vues" if never >= 2 else "jamais vue"
    return [Tally("seen=never&explained=0", unseen, never), Tally("explained=1", "absence expliquée", known)]


def _lines(actor: Actor, gaps: list[RegistrationGap]) -> list[GapLine]:
    ids = [gap.beneficiary_id for gap in gaps]
    if not ids:
        return []
    levels = levels_of(actor, ids)
    followers = _followers(ids)
    sees = can(actor, "gap.motive")
    known = known_of(actor, [gap.beneficiary for gap in gaps], sees=sees)
    return [
        GapLine(
            gap=gap,
            name=short_name(gap.beneficiary, levels.get(gap.beneficiary_id, Level.MINIMAL)),
            kind=kind_label(gap, sees=sees),
            territory=str(gap.beneficiary.territory or ""),
            follower=followers.get(gap.beneficiary_id, ""),
            known=[*known[gap.beneficiary_id], *expected_on(getattr(gap, "expected", None))],
            may_take="take_charge" in GAP.allowed_from(gap.state),  # whoever sees a gap may handle it
            explained=bool(getattr(gap, "explained", False)),
            holder=_short(gap.in_charge),
        )
        for gap in gaps
    ]


def _short(user: User | None) -> str:
    """A colleague in a narrow column: "C. MODÈLE"."""
    if user is None:
        return ""
    return f"{user.first_name[0]}. {user.last_name}" if user.first_name and user.last_name else str(user)


def _followers(ids: list[UUID]) -> dict[UUID, str]:
    active = SupportAssignment.objects.filter(beneficiary__in=ids, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT)
    return {
        one.beneficiary_id: " · ".join(
            filter(None, (str(one.organization), str(one.team or ""), str(one.referent or "")))
        )
        for one in active.select_related("organization", "team", "referent")
    }


def _dates(gap: RegistrationGap) -> list[tuple[str, date]]:
    found = [("Événement", gap.event_on), ("Jusqu'au", gap.ends_on)]
    return [(label, day) for label, day in found if day]


def _entry(one: RegistrationEntry, month: date | None, *, sees: bool) -> TimelineEntry:
    registered = one.state == EntryState.REGISTERED
    label = one.get_state_display() if registered or sees else "Changement de situation"
    parts = []
    if sees:
        parts = [calm(one.motive), f"jusqu'au {one.ends_on:%d/%m/%Y}" if one.ends_on else ""]
        parts.append(f"catégorie {one.category}" if one.category else "")
    return TimelineEntry(
        at=datetime.combine(one.on, time.min, PARIS),
        title=f"{label} le {one.on:%d/%m/%Y}",
        detail=" · ".join(filter(None, parts)),
        by=f"liste de {month:%m/%Y}" if month else "",
        icon="circle-check" if registered else "calendar-x",
        timed=False,
    )


def _journal(gap: RegistrationGap) -> list[TimelineEntry]:
    rows = list(GapLog.objects.filter(gap=gap).order_by("-at", "-id")[:LONGEST])
    users = User.objects.in_bulk([row.user_id for row in rows if row.user_id])
    return [
        TimelineEntry(
            at=row.at,
            title=FACTS.get(row.name) or GAP.transitions[row.name].label,
            detail=row.note,
            by=str(users.get(row.user_id) or "Pacte"),
            icon=ICONS.get(row.name, "circle"),
        )
        for row in rows
    ]
