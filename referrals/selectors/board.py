"""The board of registrations: open gaps by place, referent organisation and age; the rate and its course; my week.

Every figure is of what the actor sees. The series is anonymous; outside the Département its cells under 5 are masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from hub.core.access import visible
from hub.core.actor import Actor
from partners.delays import DELAYS
from partners.models import Territory
from referrals.models import (
    AssignmentKind,
    GapClosing,
    GapState,
    RegistrationGap,
    RegistrationMeasure,
    SupportAssignment,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.selectors.expected import missing_lists, month_due
from referrals.selectors.explanations import explained_now

AGES = {"0_10": "10 jours au plus", "10_30": "10 à 30 jours", "30_90": "1 à 3 mois", "90": "Plus de 3 mois"}
BOUNDS: dict[str, tuple[int, int | None]] = {"0_10": (0, 10), "10_30": (10, 30), "30_90": (30, 90), "90": (90, None)}
SINCE: dict[str, tuple[int, int | None]] = {"10": (10, None), "30": (30, None)}
COUNTS = ("obliged", "registered", "in_gap", "explained", "waiting", "unknown")
PARTS = ("in_gap", "explained", "waiting", "unknown")  # with the registered, they make the obliged
SMALLEST = 5  # smaller cells are masked outside the Département
CSV_HEADER = (
    "annee", "territoire", "indicateur", "valeur_numerateur", "valeur_denominateur", "valeur", "unite", "source",
    "date_extraction", "commentaire",
)  # fmt: skip
SHOWN_MONTHS = 24
Rates = dict[Any, tuple[float | None, date | None]]
WIDTH, HEIGHT = 640, 160


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: list[Cell]
    total: Cell
    rate: float | None = None  # registered among the obliged, on the last list of the place
    month: date | None = None  # of that list


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the series, in the `places` its lists cover; None where a cell is masked, `rate` in percent.

    `moved`: its territories are not those of the month shown before, so that both rates do not compare.
    """

    month: date
    list_date: date
    places: int
    counts: dict[str, int | None]
    rate: float | None
    x: int = 0
    y: int = 0
    covers: frozenset[Any] = frozenset()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    territories: list[Row]
    organizations: list[Row]
    total: int
    months: list[Month]
    ticks: list[tuple[int, int]]  # (percent, height) of the lines of the chart; none when no rate may be shown

    @property
    def stretches(self) -> list[list[Month]]:
        """The months a line of the chart may join: those that cover the same territories."""
        found: list[list[Month]] = []
        for one in self.months:
            if one.moved or not found:
                found.append([])
            found[-1].append(one)
        return found


@dataclass(frozen=True, slots=True)
class Digest:
    """The last seven days of an officer: what opened, how gaps closed, what waits."""

    since: datetime
    opened: int
    closed: list[tuple[str, int]]
    open: int
    never_seen: int
    mine: int  # in my charge, or of people I am the referent of
    explained: int  # of the open ones, those whose absence the hub explains
    oldest: date | None
    partners: list[tuple[str, int]]
    by_organization: list[tuple[str, Cell]]  # the same, each with its list
    missing: list[str]  # lists of the last month due that are not there
    rate: float | None
    list_date: date | None
    places: int  # territories whose lists that rate counts


def aged(actor: Actor, bucket: str) -> Q:
    """Open since a number of days within the bucket (see `AGES`)."""
    first, last = (BOUNDS | SINCE)[bucket]
    found = Q(opened_at__lte=actor.now - timedelta(days=first))
    return found & Q(opened_at__gt=actor.now - timedelta(days=last)) if last else found


def mine(actor: Actor) -> Q:
    """Gaps in the actor's charge, or of people whose referent he is."""
    return Q(in_charge_id=actor.user_id) | Q(Exists(referents().filter(referent_id=actor.user_id)))


def referents() -> QuerySet[SupportAssignment]:
    """The referent now of the person of each gap."""
    return SupportAssignment.objects.filter(
        beneficiary=OuterRef("beneficiary"), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )


def board(actor: Actor) -> Board:
    """Four queries, whatever the number of gaps."""
    gaps = _open(actor)
    ages = {name: Count("pk", filter=aged(actor, name), distinct=True) for name in AGES}
    places: Any = gaps.values("beneficiary__territory", "beneficiary__territory__name").annotate(**ages)
    followed: Any = gaps.filter(_followed()).values(*_ORGANIZATION).annotate(**ages)
    rates = _rates(actor)
    rows = [_row("territory", *_named(one, "beneficiary__territory"), one, rates) for one in places]
    months = course(actor)
    return Board(
        territories=sorted(rows, key=lambda row: row.label),
        organizations=[_row("organization", *_named(one, _ORGANIZATION[0]), one) for one in followed],
        total=sum(row.total.count for row in rows),
        months=months,
        ticks=_ticks(months),
    )


def course(actor: Actor, *, territory: Any = None) -> list[Month]:
    """The series of the Département, or of one territory, oldest first, at most two years."""
    found = visible(actor, RegistrationMeasure)
    if territory:
        found = found.filter(territory=territory)
    sums = {name: Sum(name) for name in COUNTS} | {"places": Count("territory"), "covers": ArrayAgg("territory")}
    rows: list[Any] = list(found.values("month", "list_date").annotate(**sums).order_by("-month")[:SHOWN_MONTHS])
    rows.reverse()
    step = WIDTH // max(len(rows), 1)
    months = [_month(actor, one, at * step + step // 2) for at, one in enumerate(rows)]
    before = [months[0].covers, *(one.covers for one in months)] if months else []
    return [
        replace(one, y=_height(one.rate or 0, _floor(months)), moved=one.covers != former)
        for one, former in zip(months, before, strict=False)
    ]


def series_rows(actor: Actor) -> Iterator[tuple[object, ...]]:
    """Indicator A1-3 as formats §10 exports it: by month and territory; by month alone outside the Département, where
    one masked territory could be deduced from the others."""
    places = list(visible(actor, Territory)) if actor.is_wide else []
    for territory in (None, *places):
        for one in course(actor, territory=territory):
            yield (
                one.month.year, str(territory or "Ensemble"), "A1-3", _cell(one.counts["registered"]),
                _cell(one.counts["obliged"]), one.rate, "%", "Listes mensuelles", actor.today,
                f"Mois {one.month:%m/%Y}, liste du {one.list_date:%d/%m/%Y}",
            )  # fmt: skip


def weekly_digest(actor: Actor) -> Digest:
    """What an officer must know of his week, in counts; of the gaps he sees."""
    since = actor.now - timedelta(days=7)
    gaps = visible(actor, RegistrationGap).exclude(state=GapState.VOID)  # of a list taken back: never were
    waiting = _open(actor)
    closings = Counter(dict(gaps.filter(closed_at__gte=since).values_list("closing").annotate(n=Count("pk"))))
    oldest = waiting.order_by("opened_at").values_list("opened_at", flat=True).first()
    followed: Any = waiting.filter(_followed()).values_list(*_ORGANIZATION).annotate(n=Count("pk", distinct=True))
    partners = sorted(followed, key=lambda one: (-one[2], one[1]))
    last = course(actor)[-1:]
    return Digest(
        since=since,
        opened=gaps.filter(opened_at__gte=since).count(),
        closed=[(GapClosing(code).label if code else "Autre", n) for code, n in closings.most_common()],
        open=waiting.count(),
        never_seen=waiting.filter(state="open").count(),
        mine=waiting.filter(mine(actor)).count(),
        explained=waiting.filter(explained_now(actor.today)).count(),
        oldest=oldest.date() if oldest else None,
        partners=[(name, n) for _, name, n in partners],
        by_organization=[(name, Cell(n, _list_of(actor, organization=key))) for key, name, n in partners],
        missing=_missing(actor),
        rate=last[0].rate if last else None,
        list_date=last[0].list_date if last else None,
        places=last[0].places if last else 0,
    )


def _list_of(actor: Actor, **asked: Any) -> str:
    """Where those gaps are; only the Département filters by organisation."""
    return f"{reverse('gaps')}?{urlencode(asked)}" if actor.is_wide else ""


def _missing(actor: Actor) -> list[str]:
    """What its coordinators wait for."""
    if not actor.is_wide:
        return []
    delay = actor.choices.get("list_due", DELAYS["list_due"].default)
    return [str(one) for one in missing_lists(actor.department_id, month_due(actor.today, delay))]


_ORGANIZATION = ("beneficiary__assignments__organization", "beneficiary__assignments__organization__name")


def _followed() -> Q:
    return Q(beneficiary__assignments__ends_on=None, beneficiary__assignments__kind=AssignmentKind.SINGLE_REFERENT)


def _open(actor: Actor) -> QuerySet[RegistrationGap]:
    return visible(actor, RegistrationGap).filter(state__in=OPEN_GAP_STATES)


def _named(one: dict[str, Any], column: str) -> tuple[Any, str]:
    return one[column], one[f"{column}__name"] or "Non connu"


def _row(name: str, key: Any, label: str, one: dict[str, Any], rates: Rates | None = None) -> Row:
    def link(count: int, **more: str) -> Cell:
        asked = ({name: str(key)} if key else {}) | more
        return Cell(count, f"{reverse('gaps')}?{urlencode(asked)}" if count and key else "")

    cells = [link(one[age], age=age) for age in AGES]
    rate, month = (rates or {}).get(key, (None, None))
    return Row(label, cells, link(sum(cell.count for cell in cells)), rate, month)


def _month(actor: Actor, one: dict[str, Any], x: int) -> Month:
    counts: dict[str, int | None] = {name: one[name] for name in COUNTS}
    if not actor.is_wide:
        counts |= dict.fromkeys(_masked(one))
    rate = _rate(counts["registered"], counts["obliged"])
    return Month(one["month"], one["list_date"], one["places"], counts, rate, x, covers=frozenset(one["covers"]))


def _masked(one: dict[str, Any]) -> tuple[str, ...]:
    """What is masked of a month outside the Département, so that no cell under 5 is shown nor deduced: the four parts
    together, and everything when their sum, or the registered, would say it."""

    def small(count: int) -> bool:
        return 0 < count < SMALLEST

    if small(one["registered"]) or small(one["obliged"] - one["registered"]):
        return COUNTS
    return PARTS if any(small(one[name]) for name in PARTS) else ()


def _floor(months: list[Month]) -> int:
    """Where the chart begins: half-way up when every rate is above, so that its course can be seen."""
    return 50 if all(one.rate is None or one.rate >= 50 for one in months) else 0


def _height(percent: float, floor: int) -> int:
    return HEIGHT - int((percent - floor) * HEIGHT / (100 - floor))


def _ticks(months: list[Month]) -> list[tuple[int, int]]:
    if all(one.rate is None for one in months):
        return []
    floor = _floor(months)
    return [(floor + n * (100 - floor) // 5, HEIGHT - n * HEIGHT // 5) for n in range(6)]


def _rates(actor: Actor) -> Rates:
    """By territory, the rate on its last list and its month; inside the Département only, where no cell is masked."""
    if not actor.is_wide:
        return {}
    read = ("territory", "registered", "obliged", "month")
    rows = visible(actor, RegistrationMeasure).order_by("month").values_list(*read)
    return {territory: (_rate(registered, obliged), month) for territory, registered, obliged, month in rows}


def _rate(registered: int | None, obliged: int | None) -> float | None:
    return round(100 * registered / obliged, 1) if registered is not None and obliged else None


def _cell(count: int | None) -> object:
    return "masqué" if count is None else count
