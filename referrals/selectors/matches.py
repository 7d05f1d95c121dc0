"""Lines no rule could settle, across imports: the queue, and one line beside each person it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate
from hub.core.text import name_key
from partners.models import ImportRow
from partners.models.files import ImportState
from referrals.models import Beneficiary, MatchDecision, NationalNumber
from referrals.selectors.imports import line_name, sentences
from referrals.services.matches import in_force, proposed

PAGE_SIZE = 25
DECISIONS_SHOWN = 25
ALIVE = (ImportState.ANALYSED, ImportState.APPLYING, ImportState.APPLIED)
JOINED = ("job__organization", "job__territory", "job__file")
SAME, OTHER, UNSAID = "same", "other", "unsaid"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One line of the queue."""

    row: ImportRow
    name: str
    people: int
    suggested: bool
    decision: MatchDecision | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in force, of whom its line speaks ('' once the line is gone) and in which file."""

    decision: MatchDecision
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of a candidate beside the line's: `mark` is same, other or unsaid."""

    label: str
    line: str
    person: str
    mark: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the line may be; nothing of her is shown to who may not open her file (`person` is None)."""

    person: Beneficiary | None
    values: list[Compared]


@dataclass(frozen=True, slots=True)
class Match:
    """A doubtful line, why it is, whom it may be, what was decided."""

    row: ImportRow
    name: str
    sentences: list[str]
    candidates: list[Candidate]
    suggested: bool
    decision: MatchDecision | None
    open: bool
    may_decide: bool


def open_matches(actor: Actor) -> QuerySet[ImportRow]:
    """Lines that wait for somebody to say who they are, each identity once: its latest line."""
    rows = visible(actor, ImportRow).exclude(identity="").exclude(match_rule="decision").filter(job__state__in=ALIVE)
    later = ImportRow.objects.filter(
        identity=OuterRef("identity"),
        job__organization=OuterRef("job__organization"),
        job__created_at__gt=OuterRef("job__created_at"),
        job__state__in=ALIVE,
    ).exclude(match_rule="decision")
    return rows.filter(~Exists(later)).select_related(*JOINED)


def match_list(actor: Actor, *, after: str = "") -> tuple[Page[ImportRow], list[Doubt], int]:
    """One page of the queue, latest file first, and how many lines wait."""
    rows = open_matches(actor)
    page = paginate(rows, order=("-job__created_at", "line", "id"), after=after, size=PAGE_SIZE)
    kept = visible(actor, MatchDecision).filter(identity__in=[row.identity for row in page.rows], revoked_at=None)
    decided = {(one.organization_id, one.identity): one for one in kept.select_related("decided_by")}
    doubts = [
        Doubt(
            row=row,
            name=line_name(row.data),
            people=len(proposed(row)),
            suggested="candidates" not in row.data,
            decision=decided.get((row.job.organization_id, row.identity)),
        )
        for row in page.rows
    ]
    return page, doubts, rows.count()


def recent_decisions(actor: Actor) -> list[Decided]:
    """The latest decisions in force (two queries)."""
    found = visible(actor, MatchDecision).filter(revoked_at=None)
    kept = list(found.select_related("organization", "decided_by", "job__file")[:DECISIONS_SHOWN])
    told = visible(actor, ImportRow).filter(job__in=[one.job_id for one in kept], line__in=[one.line for one in kept])
    names = {(row.job_id, row.line): line_name(row.data) for row in told}
    return [Decided(one, names.get((one.job_id, one.line), ""), one.job.file.name) for one in kept]


def match_record(actor: Actor, pk: UUID) -> Match:
    """A line beside its candidates. Raises `NotVisible`."""
    row = get_visible(actor, ImportRow, pk, *JOINED)
    known = {one.pk: one for one in visible(actor, Beneficiary).filter(pk__in=proposed(row))}
    numbers = dict(NationalNumber.objects.filter(beneficiary__in=known).values_list("beneficiary", "hash"))
    decision = (
        in_force(row.job.organization_id, row.identity).select_related("decided_by").first() if row.identity else None
    )
    return Match(
        row=row,
        name=line_name(row.data),
        sentences=sentences(row),
        candidates=[
            Candidate(known[pk], compare(row.data, known[pk], numbers.get(pk))) if pk in known else Candidate(None, [])
            for pk in proposed(row)
        ],
        suggested="candidates" not in row.data,
        decision=decision,
        open=bool(row.identity) and row.match_rule != "decision",
        may_decide=can(actor, "match.decide", row),
    )


def compare(data: dict[str, Any], person: Beneficiary, nir: str | None) -> list[Compared]:
    """The identity a line gives beside the one kept; a number of social security is only ever the same or not."""
    said = data.get("values", data)
    birth = said.get("birth_date") or ""
    names = {name_key(person.last_name), name_key(person.birth_name)} - {""}
    rows = [
        _named("Nom", said.get("last_name"), person.last_name, names),
        _named("Nom de naissance", said.get("birth_name"), person.birth_name, names),
        _named("Prénoms", said.get("first_names"), person.first_names, {name_key(person.first_names)}),
        _value("Date de naissance", _french(birth), f"{person.birth_date:%d/%m/%Y}" if person.birth_date else ""),
        _value("Identifiant Pôle emploi", said.get("pes_id"), person.pes_id),
        _value("Numéro d'allocataire", said.get("caf_number"), person.caf_number),
        _value("Commune", said.get("city"), person.city),
    ]
    line_nir = data.get("nir_hash") or (data.get("nir") or ["", ""])[1]
    if line_nir and nir:
        rows.append(Compared("Numéro de sécurité sociale", "indiqué", "connu", SAME if line_nir == nir else OTHER))
    return [one for one in rows if one.line or one.person]


def _named(label: str, line: str | None, person: str, known: set[str]) -> Compared:
    mark = UNSAID if not line or not person else SAME if name_key(line) in known else OTHER
    return Compared(label, line or "", person, mark)


def _value(label: str, line: str | None, person: str) -> Compared:
    mark = UNSAID if not line or not person else SAME if name_key(line) == name_key(person) else OTHER
    return Compared(label, line or "", person, mark)


def _french(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else ""
