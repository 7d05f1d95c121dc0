"""What a file of people would change: compared with what is kept, before anything is applied."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from hub.core.text import name_key
from partners.models import Commune
from partners.models.files import Verdict
from referrals.models import Beneficiary, NationalNumber, TrackDecision

BATCH = 2000
RIGHTS = ("rights_state", "rights_opened_on", "subject_to_obligations", "rights_as_of")
NAMES = ("last_name", "birth_name", "first_names")
RECOGNISED = "SELECT line, data, person FROM stage WHERE person IS NOT NULL AND verdict IS NULL ORDER BY line"
MARK = """
UPDATE stage s SET verdict = m.verdict, data = m.data::jsonb
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS m(line, verdict, data) WHERE m.line = s.line
"""


def mark_differences(actor: Actor) -> None:
    """Give each recognised line its verdict, `changed` (with the names of what changes) or `unchanged`."""
    with connection.cursor() as cursor:
        cursor.execute(RECOGNISED)
        lines = cursor.fetchall()
        for start in range(0, len(lines), BATCH):
            marks = _compare(lines[start : start + BATCH])
            cursor.execute(MARK, [list(column) for column in zip(*marks, strict=True)])


def _compare(lines: list[tuple[int, Any, UUID]]) -> list[tuple[int, str, str]]:
    ids = [person for _, _, person in lines]
    people = Beneficiary.objects.in_bulk(ids)
    numbers = dict(NationalNumber.objects.filter(beneficiary__in=ids).values_list("beneficiary", "hash"))
    tracks = dict(
        TrackDecision.objects.filter(beneficiary__in=ids, ended_on=None, voided_at=None).values_list(
            "beneficiary", "track"
        )
    )
    wanted = {_loaded(data)["values"].get("commune_id") for _, data, _ in lines}
    communes = set(Commune.objects.filter(pk__in=wanted - {None}).values_list("pk", flat=True))
    marks: list[tuple[int, str, str]] = []
    for line, raw, person in lines:
        data = _loaded(raw)
        changes = changed_fields(people[person], data["values"], communes)
        if "nir" in data and numbers.get(person) is None:
            changes.append("nir")
        if "track" in data and tracks.get(person) != data["track"][0]:
            changes.append("track")
        data["changes"] = changes
        marks.append((line, Verdict.CHANGED if changes else Verdict.UNCHANGED, json.dumps(data, ensure_ascii=False)))
    return marks


def changed_fields(person: Beneficiary, values: dict[str, Any], communes: set[str]) -> list[str]:
    """Names of the fields this line would change. Names written otherwise (case, accents) are not a change."""
    stale = _is_older(person, values.get("rights_as_of"))
    return [
        name
        for name, value in values.items()
        if not (stale and name in RIGHTS)
        and not (name == "commune_id" and value not in communes)
        and name != "rights_as_of"
        and _differs(name, getattr(person, name), value)
    ]


def _differs(name: str, kept: Any, said: Any) -> bool:
    if name in NAMES:
        return name_key(kept) != name_key(said)
    return (kept.isoformat() if isinstance(kept, dt.date) else kept) != said


def _is_older(person: Beneficiary, as_of: str | None) -> bool:
    return bool(as_of and person.rights_as_of and as_of < person.rights_as_of.isoformat())


def _loaded(data: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(data) if isinstance(data, str) else data
    return loaded
