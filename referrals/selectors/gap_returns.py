"""The list given back to Pôle emploi, by agency, with its own identifiers: what there is to correct on its side.

The rows come through `list_corrections()`, the narrow road PostgreSQL keeps: to a partner, the people it named on its
own lists, in the words of its own lines, and those it supports. Nothing social stands in it: no track, no referent,
no territory, no organisation that follows the person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.pages import read_cursor, write_cursor
from partners.models import Team
from referrals.models import EntryState, GapKind, RegistrationGap
from referrals.models.registration import OPEN_GAP_STATES

PAGE_SIZE = 25
MOST = 500  # lines of a file; above, a second person would be needed: ask agency by agency instead
OTHER, OTHER_NAME = "autre", "Agence non connue"
CSV_HEADER = ("Identifiant", "Nom", "Prénom", "Date de naissance", "Dernier état connu", "Question")
QUESTIONS: dict[str, str] = {
    GapKind.NEVER_REGISTERED: "Attendue et jamais vue sur une liste : est-elle inscrite, sous quel identifiant ?",
    GapKind.NOT_REREGISTERED: "Pas de réinscription vue : est-elle inscrite à nouveau ?",
    GapKind.DISAPPEARED: "Présente le mois précédent, absente sans événement : est-elle toujours inscrite ?",
    GapKind.CEASED: "Cessation à vérifier : est-elle exacte, la personne s'est-elle réinscrite ?",
    GapKind.STRUCK_OFF: "Radiation à vérifier : est-elle exacte et toujours en cours ?",
    GapKind.CATEGORY_GAP: "Catégorie à mettre à jour d'après le parcours décidé ?",
}
# A partner reads what concerns its own lists, and of the others the gaps it sees anyway (the first lock).
OPEN = "SELECT c.* FROM list_corrections() c WHERE {own} c.gap_id IN ({visible})"
COUNTS = "SELECT agency, count(*) FROM ({open}) c GROUP BY agency"
LINES = """
SELECT gap_id, kind, pes_id, last_name, first_names, birth_date, month, events FROM ({open}) c
 WHERE (%s::text IS NULL OR agency = %s) AND (%s::text IS NULL OR (last_name, first_names, gap_id::text) > (%s, %s, %s))
 ORDER BY last_name, first_names, gap_id::text LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with something to correct; `code` is `autre` when nobody knows which it is."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Correction:
    """One person, as Pôle emploi knows her, and the question."""

    pes_id: str
    last_name: str
    first_names: str
    birth_date: date | None
    known: str
    question: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """The agencies, largest first; of the chosen one a page of lines and the cursor of the next."""

    agencies: list[Agency]
    chosen: Agency | None
    lines: list[Correction]
    next: str

    @property
    def total(self) -> int:
        return sum(one.count for one in self.agencies)


def corrections(actor: Actor, agency: str = "", *, after: str = "") -> Corrections:
    """One agency at a time: the one asked for, else the reader's own, else the largest. Four queries.

    Raises `Invalid` for a cursor that is not one.
    """
    agencies = _agencies(actor)
    wanted = agency or _own_agency(actor)
    chosen = next((one for one in agencies if one.code == wanted), agencies[0] if agencies and not agency else None)
    if chosen is None:
        return Corrections(agencies, None, [], "")
    found = _lines(actor, chosen.code, after=after, limit=PAGE_SIZE + 1)
    following = write_cursor([str(value) for value in found[PAGE_SIZE - 1][:3]]) if len(found) > PAGE_SIZE else ""
    return Corrections(agencies, chosen, [line for *_, line in found[:PAGE_SIZE]], following)


def export_rows(actor: Actor, agency: str = "") -> Iterator[tuple[object, ...]]:
    """Rows of the file of one agency, or of all. Raises `Invalid` above the cap."""
    found = _lines(actor, agency, limit=MOST + 1)
    if len(found) > MOST:
        raise Invalid(f"Plus de {MOST} lignes : prenez le fichier agence par agence.", code="too_many_rows")
    for *_, one in found:
        yield one.pes_id, one.last_name, one.first_names, one.birth_date, one.known, one.question


def agency_names(codes: Iterable[str]) -> dict[str, str]:
    """How each code of agency is called: its team's name, else the code itself."""
    wanted = set(codes)
    teams = dict(Team.objects.filter(agency_code__in=wanted).values_list("agency_code", "name"))
    return {code: teams.get(code) or (f"Agence {code}" if code else OTHER_NAME) for code in wanted}


def _agencies(actor: Actor) -> list[Agency]:
    counted = dict(_ask(actor, COUNTS, []))
    names = agency_names(counted)
    found = [Agency(code or OTHER, names[code], n) for code, n in counted.items()]
    return sorted(found, key=lambda one: (one.code == OTHER, -one.count, one.name))


def _own_agency(actor: Actor) -> str:
    if actor.team_id is None:
        return ""
    return visible(actor, Team).filter(pk=actor.team_id).values_list("agency_code", flat=True).first() or ""


def _lines(actor: Actor, agency: str, *, after: str = "", limit: int) -> list[tuple[str, str, Any, Correction]]:
    code = "" if agency == OTHER else agency or None
    beyond = read_cursor(after, 3) if after else [None, None, None]
    rows = _ask(actor, LINES, [code, code, beyond[0], *beyond, limit])
    return [(last, first, gap, _correction(kind, *known)) for gap, kind, *known in rows for last, first in [known[1:3]]]


def _ask(actor: Actor, statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    require(actor, "gap.corrections")
    seen = visible(actor, RegistrationGap).filter(state__in=OPEN_GAP_STATES).order_by().values("pk")
    inner, given = seen.query.sql_with_params()
    rows = OPEN.format(own="" if actor.is_wide else "c.own OR", visible=inner)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(open=rows), [*given, *parameters])
        return list(cursor.fetchall())


def _correction(
    kind: str, pes_id: str, last: str, first: str, born: date | None, month: date | None, events: str | None
) -> Correction:
    return Correction(pes_id, last, first, born, _known(kind, month, events), QUESTIONS[kind])


def _known(kind: str, month: date | None, events: str | None) -> str:
    """What the line of its own list said last (`events` is the JSON of the line)."""
    told: list[dict[str, str]] = json.loads(events or "[]")
    if month is None or not told:
        return "Jamais vue sur une liste" if kind == GapKind.NEVER_REGISTERED else "Non connu"
    last = max(told, key=lambda one: one["on"])
    said = f"{EntryState(last['state']).label} le {date.fromisoformat(last['on']):%d/%m/%Y}"
    return " · ".join(filter(None, (said, last.get("motive", ""), f"liste de {month:%m/%Y}")))
