"""A list may be that of a whole country: strangers are shown as far as anybody would look, and not kept beyond.

Most lines of such a list are stopped while it is read, before anything is written of them. What is stopped nobody
could recognise: whatever the rules of `levels` compare is looked for here first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Protocol
from uuid import UUID

from django.db import connection

from hub.core.crypto import hasher
from referrals.imports.lines import RegistrationLine, has_verdict
from referrals.imports.skim import Column, Happened, Identities

KEPT = 20_000
LONG = 2  # times as many lines: a shorter list is sorted out once it is matched
LEAVE_OUT = """
DELETE FROM stage WHERE line IN (
  SELECT line FROM stage WHERE person IS NULL AND verdict IS NULL ORDER BY line
  OFFSET greatest(0, %s - (SELECT count(*) FROM partners_importrow WHERE job_id = %s AND verdict = 'unknown')))
"""
SHORTEST_CUT = 25  # of a name: the same beginning may be the same name (`levels.CUT_NAME`)
KNOWN = f"""
SELECT hash, NULL, NULL, NULL FROM referrals_nationalnumber WHERE department_id = %(department)s
UNION ALL SELECT unnest(pes_keys), NULL, NULL, NULL FROM referrals_beneficiary WHERE department_id = %(department)s
UNION ALL
SELECT birth_date::text, first_full_key, left(last_key, {SHORTEST_CUT}), left(birth_key, {SHORTEST_CUT})
  FROM referrals_beneficiary WHERE department_id = %(department)s AND birth_date IS NOT NULL
"""
DECIDED = """
SELECT identity FROM referrals_matchdecision
 WHERE department_id = %s AND organization_id = %s AND revoked_at IS NULL AND answer <> 'unsure'
"""


class Seen(Protocol):
    """What the lines of a file say of it."""

    def see(self, lines: list[RegistrationLine]) -> None:
        """Count these lines."""

    def count(
        self,
        insee: Iterable[str],
        city: Iterable[str | None],
        agency: Iterable[str | None],
        happened: Iterable[Happened],
    ) -> None:
        """Count lines with nothing wrong, by columns."""


def leave_out(job_id: UUID) -> int:
    """Forget the staged lines nobody answers to, but the first `KEPT` of the job; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_OUT, [KEPT, job_id])
        return int(cursor.rowcount)


def sieve(department_id: UUID, organization_id: UUID, lines: int | None, seen: Seen) -> Sieve | None:
    """What to stop in a list of so many lines, brought by this organisation; nothing in a short one."""
    return Sieve(department_id, organization_id, KEPT, seen) if lines and lines > LONG * KEPT else None


class Sieve:
    """Stops the strangers of a long list but the first `passing`, and counts them in `stopped`; `seen` sees them."""

    def __init__(self, department_id: UUID, organization_id: UUID, passing: int, seen: Seen) -> None:
        self.stopped, self._passing, self._seen = 0, passing, seen
        self._known = _Known(department_id, organization_id)

    @property
    def full(self) -> bool:
        """Were enough strangers let through?"""
        return not self._passing

    def may_be(self, who: Identities) -> list[bool]:
        """Which of these lines may be somebody's?"""
        return self._known.may_be(*who[:6])

    def stops(self, line: RegistrationLine) -> bool:
        """Is it certainly a stranger, and one too many?"""
        if (line.remarks and has_verdict(line.remarks)) or any(self._known.may_be(*([said] for said in line.said[:6]))):
            return False
        if self._passing:
            self._passing -= 1
            return False
        self.stopped += 1
        self._seen.see([line])
        return True

    def stop(self, who: Identities, happened: Sequence[Happened], stopped: Sequence[bool]) -> None:
        """Count those of these lines that are `stopped`."""
        self.stopped += sum(stopped)
        places = compress(who.insee, stopped), compress(who.city, stopped), compress(who.agency, stopped)
        self._seen.count(*places, compress(happened, stopped))


class _Known:
    """What the rules compare, of everybody."""

    def __init__(self, department_id: UUID, organization_id: UUID) -> None:
        self._hashed = hasher()
        self._met: set[str | tuple[str, str, str]] = set()
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, {"department": department_id})
            for said, first, *names in cursor:
                self._met.update([(said, first, name) for name in names if name] if first else [said])
            cursor.execute(DECIDED, [department_id, organization_id])
            self._decided = {identity for (identity,) in cursor.fetchall()}

    def may_be(self, nir: Column, pes: Column, last: Column, birth: Column, first: Column, born: Column) -> list[bool]:
        """May each of these lines be somebody's?"""
        met, hashed = self._met, self._hashed
        numbers = [hashed(number) if number else "" for number in nir]
        found = [
            map(met.__contains__, numbers),
            map(met.__contains__, pes),
            map(met.__contains__, zip(born, first, [name[:SHORTEST_CUT] for name in last])),
        ]
        if any(birth):
            found.append(map(met.__contains__, zip(born, first, [name[:SHORTEST_CUT] for name in birth])))
        if self._decided:
            found.append(map(self._decided.__contains__, map(_identity, numbers, pes, last, birth, first, born)))
        return list(map(any, zip(*found)))


def _identity(number: str, pes: str, last: str, birth: str, first: str, born: str) -> str:
    """As `levels.IDENTITY` says it of the line once staged."""
    said = (number, pes, "", "", "", last, birth, first, born)
    return hashlib.sha256("|".join(said).encode()).hexdigest()
