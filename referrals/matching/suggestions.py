"""People a line resembles: only ever suggested to whoever decides, never recognised (formats §1.6)."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection
from rapidfuzz.distance import JaroWinkler

from hub.core.bulk import whole_tables

RESEMBLANCE = 0.92
MOST_LINES, MOST_EACH = 20_000, 5
# Same birth date, or same names: what the two reasons to suggest have in common. Another known NIR is another person.
PAIRS = """
WITH unknown AS (
  SELECT line, last, birth_name, first_full, birth, nir FROM stage
   WHERE person IS NULL AND verdict IS NULL AND rule IS NULL AND birth IS NOT NULL AND first_full IS NOT NULL
   ORDER BY line LIMIT %s)
SELECT u.line, u.last, u.birth_name, u.first_full, u.birth, k.id, k.last_key, k.birth_key, k.first_full_key,
       k.birth_date
  FROM unknown u JOIN known k ON k.birth_date = u.birth
 WHERE u.nir IS NULL OR k.nir IS NULL OR k.nir = u.nir
 UNION ALL
SELECT u.line, u.last, u.birth_name, u.first_full, u.birth, k.id, k.last_key, k.birth_key, k.first_full_key,
       k.birth_date
  FROM unknown u CROSS JOIN unnest(ARRAY[u.last, u.birth_name]) AS said(name)
  JOIN known k ON k.first_full_key = u.first_full AND k.last_key = said.name
 WHERE u.nir IS NULL OR k.nir IS NULL OR k.nir = u.nir
"""
MARK = """
UPDATE stage s SET data = s.data || jsonb_build_object('suggestions', m.found::jsonb)
  FROM unnest(%s::int[], %s::text[]) AS m(line, found) WHERE m.line = s.line
"""


def suggest() -> None:
    """Note on each line that matching left to nobody whom it resembles (the first 20 000 lines, five people each)."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(PAIRS, [MOST_LINES])
        for line, *said, person, last, birth_name, first, born in cursor:
            if resembles(tuple(said), (last, birth_name, first, born)):
                found[line].add(str(person))
        if found:
            kept = [json.dumps(sorted(people)[:MOST_EACH]) for people in found.values()]
            cursor.execute(MARK, [list(found), kept])


def resembles(said: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    """Same date and close names (in either order), or same names and a date one slip away."""
    names, first, born = [name for name in said[:2] if name], said[2], said[3]
    others, other_first, other_born = [name for name in known[:2] if name], known[2], known[3]
    if born == other_born:
        close = any(_close(a, b) for a in names for b in others) and _close(first, other_first)
        return close or (first in others and other_first in names)
    return other_first == first and not set(names).isdisjoint(others) and one_slip(born, other_born)


def one_slip(one: date, other: date | None) -> bool:
    """Day and month swapped, or one digit that differs."""
    if other is None:
        return False
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def _close(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other) >= RESEMBLANCE
