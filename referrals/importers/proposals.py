"""What a list seems to be: proposed from its own contents, for a person to check and confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from hub.core.progress import EVERY_LINES
from hub.core.text import fold
from partners.models import Commune, ImportJob, Territory
from partners.models.files import ListNature
from referrals.imports.codes import REGISTERED
from referrals.imports.lines import FileKind, Parsed, RegistrationEvent, RegistrationLine, has_error
from referrals.imports.memo import Memo
from referrals.imports.skim import Happened
from referrals.imports.told import MONTHS, month_to_come, month_told, named_in, nature_told
from referrals.models import ExpectedList

MOSTLY = 0.9  # of the lines that say where they live, for one territory to be proposed
MANY = 1000  # agencies: more than any expected list has
FEW = 10  # lines under which a share means nothing
_AGENCY = attrgetter("agency")
HOMES = """
SELECT b.territory_id, count(*) FROM partners_importrow r JOIN referrals_beneficiary b ON b.id = r.beneficiary_id
 WHERE r.job_id = %s AND b.territory_id IS NOT NULL GROUP BY 1
"""


class Seen:
    """What the lines of a file say of it, counted while they are read: where they live (by INSEE code, else by name),
    their agencies, the months of their events and whether each is a registration."""

    def __init__(self, fields: Collection[str]) -> None:
        self.places: Counter[str | None] = Counter()
        self.agencies: set[str | None] = set()
        self.events: Counter[tuple[date, bool]] = Counter()
        self._by_insee = "insee" in fields
        self._place = attrgetter("insee" if self._by_insee else "city")
        self._months = Memo(_months_of)

    def see(self, lines: list[RegistrationLine]) -> None:
        """Count these lines too."""
        self.places.update(map(self._place, lines))
        if len(self.agencies) < MANY:
            self.agencies.update(map(_AGENCY, lines))
        for line in lines:
            if not line.remarks or not has_error(line.remarks):
                for said in self._months[line.events]:
                    self.events[said] += 1

    def watch(self, lines: Iterable[RegistrationLine]) -> Iterator[RegistrationLine]:
        """The same lines, counted as they pass."""
        rest = iter(lines)
        while block := list(islice(rest, EVERY_LINES)):
            self.see(block)
            yield from block

    def count(
        self,
        insee: Iterable[str],
        city: Iterable[str | None],
        agency: Iterable[str | None],
        happened: Iterable[Happened],
    ) -> None:
        """Count lines with nothing wrong, by columns."""
        self.places.update(insee if self._by_insee else city)
        if len(self.agencies) < MANY:
            self.agencies.update(agency)
        said = list(happened)
        events = {one.key: one.events for one in said}
        for key, lines in Counter([one.key for one in said]).items():
            for month in self._months[events[key]]:
                self.events[month] += lines

    def months(self, today: date) -> list[tuple[date, int, int]]:
        """Month, events and registrations in it, without the months to come."""
        found = sorted({month for month, _ in self.events if month <= today})
        return [(of, self.events[of, True] + self.events[of, False], self.events[of, True]) for of in found]


def _months_of(events: tuple[RegistrationEvent, ...]) -> list[tuple[date, bool]]:
    return [(one.date.replace(day=1), one.state == REGISTERED) for one in events]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value, and what in the file tells it."""

    value: Any
    why: str
    written: bool = False  # in words, around the lines
    name: date | None = None  # the month the name of the file tells, when its dates tell another

    def kept(self) -> dict[str, str]:
        """As the job keeps it."""
        value = self.value.isoformat() if isinstance(self.value, date) else str(self.value or "")
        name = {"name": self.name.isoformat()} if self.name else {}
        return {"value": value, "why": self.why} | ({"written": "yes"} if self.written else {}) | name


def propose(actor: Actor, job: ImportJob, parsed: Parsed[RegistrationLine], seen: Seen) -> dict[str, Any]:
    """Fill what nobody stated of a list just recognised; the fields of the job that change."""
    told, dates = _sources(job, parsed), seen.months(actor.today)
    month = _month(told, dates, parsed, actor.today)
    nature = _nature(told, dates, parsed.kind, month)
    territory = _territory(job, told, seen)
    found = {"month": month, "nature": nature, "territory": territory}
    job.proposals = job.proposals | {name: one.kept() for name, one in found.items() if one}
    if "month" not in job.stated:
        job.month = month.value if month else None
    if "nature" not in job.stated:
        job.nature = nature.value
    if "territory" not in job.stated:
        job.territory = territory.value if territory else _by_default(job)
    return {name: getattr(job, name) for name in ("month", "nature", "territory", "proposals")}


def disagreements(job: ImportJob, parsed: Parsed[RegistrationLine], today: date) -> list[str]:
    """What the file says of its month elsewhere than where it was read, or of a month that cannot be its own."""
    others = {
        month: why
        for text, why in _sources(job, parsed)
        if (month := month_told(text, today)) and job.month and month != job.month
    }
    to_come = {month: why for text, why in _sources(job, parsed) if (month := month_to_come(text, today))}
    return [
        *(f"Mois à vérifier : {why} dit {month_name(month)}." for month, why in others.items()),
        *(f"Mois à vérifier : {why} dit {month_name(month)}, qui n'a pas commencé." for month, why in to_come.items()),
    ]


def month_name(month: date) -> str:
    """Such as "octobre 2026"."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def _sources(job: ImportJob, parsed: Parsed[RegistrationLine]) -> list[tuple[str, str]]:
    """Texts around the lines, what weighs most first, with their names."""
    survey = parsed.survey
    texts = [(text, f"le titre du fichier (« {text[:80]} »)") for text in (survey.above if survey else ())]
    if survey and survey.sheet:
        texts.append((survey.sheet, f"le nom de la feuille (« {survey.sheet} »)"))
    return [*texts, (job.file.name, "le nom du fichier")]


def _month(
    told: list[tuple[str, str]], dates: list[tuple[date, int, int]], parsed: Parsed[RegistrationLine], today: date
) -> Proposal | None:
    """What its titles say; else its dates, which know better than its name, unless they are too few or not its own."""
    dated = _by_dates(dates, parsed.kind)
    dates_know = "date" in parsed.fields or parsed.kind != "registration_by_hand"
    name = len(told) - 1
    for position, (text, why) in enumerate(told):
        if month := month_told(text, today):
            if position < name or not dated or dated.value == month or not dates_know:
                return Proposal(month, why, written=True)
            if sum(one[1] for one in dates) < FEW:
                return Proposal(month, why, written=True)
            why = f"{dated.why}, plutôt que le nom du fichier qui dit {month_name(month)}"
            return Proposal(dated.value, why, name=month)
    return dated


def _by_dates(dates: list[tuple[date, int, int]], kind: FileKind) -> Proposal | None:
    if not dates:
        return None
    if kind == "registration_exits":
        month = max(dates, key=lambda one: (one[1], one[0]))[0]
        return Proposal(month, "la plupart des dates du fichier")
    return Proposal(dates[-1][0], "les dates les plus récentes du fichier")


def _nature(
    told: list[tuple[str, str]], dates: list[tuple[date, int, int]], kind: FileKind, month: Proposal | None
) -> Proposal:
    if kind == "registration_exits":
        return Proposal(ListNature.EVENTS, "ses lignes : seulement des cessations et radiations")
    for text, why in told:
        if nature := nature_told(text):
            return Proposal(nature, why, written=True)
    if kind in ("registration_snapshot", "registration_extract"):
        return Proposal(ListNature.COMPLETE, "son format, qui donne la situation de chaque personne")
    events, registered = sum(one[1] for one in dates), sum(one[2] for one in dates)
    if events and registered < events / 2:
        return Proposal(ListNature.EVENTS, "ses lignes : surtout des cessations ou radiations")
    if kind == "registration_by_hand" and events < FEW:
        return Proposal(ListNature.EVENTS, "ses lignes : trop peu pour être tous les inscrits d'un mois")
    inside = sum(count for of, count, _ in dates if month and of == month.value)
    if events >= FEW and inside >= events * MOSTLY:
        return Proposal(ListNature.EVENTS, "ses dates : presque toutes les inscriptions sont du même mois")
    return Proposal(ListNature.COMPLETE, "ses lignes : des inscrits de tous les mois")


def _territory(job: ImportJob, told: list[tuple[str, str]], seen: Seen) -> Proposal | None:
    territories = {one.pk: one for one in Territory.objects.filter(department_id=job.department_id)}
    for text, why in told:
        named = named_in(text, [one.name for one in territories.values()])
        if len(named) == 1:
            return Proposal(next(one for one in territories.values() if one.name in named), why)
    if expected := _by_agencies(job, seen):
        return Proposal(expected, "les agences de ses lignes")
    homes, why = _communes(job, seen), "les communes de ses lignes"
    if not homes:
        homes, why = _homes(job), "les communes des personnes reconnues"
    total = sum(homes.values())
    if not total:
        return None
    [(most, count)] = homes.most_common(1)
    if count >= total * MOSTLY:
        return Proposal(territories.get(most), why)
    return Proposal(None, f"{why} : plusieurs territoires")


def _by_agencies(job: ImportJob, seen: Seen) -> Territory | None:
    """The territory whose expected list names all the agencies of the file."""
    agencies = {agency.upper() for agency in seen.agencies if agency}
    lists = ExpectedList.objects.filter(department_id=job.department_id, active=True).exclude(territory=None)
    found = {one.territory for one in lists.select_related("territory") if agencies and agencies <= set(one.agencies)}
    return found.pop() if len(found) == 1 else None


def _communes(job: ImportJob, seen: Seen) -> Counter[UUID]:
    """Lines by territory, by their INSEE code or the name of their commune."""
    communes = Commune.objects.filter(department_id=job.department_id).exclude(territory=None)
    placed = list(communes.values_list("insee", "search_name", "territory"))
    by_code = {code: territory for code, _, territory in placed}
    by_name = {name: territory for _, name, territory in placed}
    found: Counter[UUID] = Counter()
    for place, lines in seen.places.items():
        if place and (territory := by_code.get(place) or by_name.get(fold(place))):
            found[territory] += lines
    return found


def _homes(job: ImportJob) -> Counter[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(HOMES, [job.pk])
        return Counter(dict(cursor.fetchall()))


def _by_default(job: ImportJob) -> Territory | None:
    own = job.proposals.get("territory", {}).get("value")
    return Territory.objects.filter(department_id=job.department_id, pk=own).first() if own else None
