"""A list may be that of a whole country: strangers are shown as far as anybody would look, and not kept beyond.

Most lines of such a list are stopped while it is read, before anything is written of them. What is stopped nobody
could recognise: whatever the rules of `levels` compare is looked for here first.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import connection

from referrals.imports.lines import RegistrationLine, has_verdict

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


def leave_out(job_id: UUID) -> int:
    """Forget the staged lines nobody answers to, but the first `KEPT` of the job; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_OUT, [KEPT, job_id])
        return int(cursor.rowcount)


def sieve(department_id: UUID, organization_id: UUID, lines: int | None) -> Sieve | None:
    """What to stop in a list of so many lines, brought by this organisation; nothing in a short one."""
    return Sieve(department_id, organization_id, KEPT) if lines and lines > LONG * KEPT else None


class Sieve:
    """Stops the strangers of a long list but the first `passing`, and counts them in `stopped`."""

    def __init__(self, department_id: UUID, organization_id: UUID, passing: int) -> None:
        self.stopped, self._passing = 0, passing
        self._known = _Known(department_id, organization_id)

    def stops(self, line: RegistrationLine, number: str | None) -> bool:
        """Is it certainly a stranger, and one too many? `number` is the hash of the NIR."""
        if (line.remarks and has_verdict(line.remarks)) or self._known.may_be(line, number):
            return False
        if self._passing:
            self._passing -= 1
            return False
        self.stopped += 1
        return True


class _Known:
    """What the rules compare, of everybody."""

    def __init__(self, department_id: UUID, organization_id: UUID) -> None:
        self._met: set[str | tuple[str, str, str]] = set()
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, {"department": department_id})
            for said, first, *names in cursor:
                self._met.update([(said, first, name) for name in names if name] if first else [said])
            cursor.execute(DECIDED, [department_id, organization_id])
            self._decided = {identity for (identity,) in cursor.fetchall()}

    def may_be(self, line: RegistrationLine, number: str | None) -> bool:
        """May this line be somebody's?"""
        met = self._met
        if number in met or not met.isdisjoint(line.pes_keys):
            return True
        _, _, last, birth_name, first, born, *_ = line.said
        return (
            (born, first, last[:SHORTEST_CUT]) in met
            or (birth_name != last and (born, first, birth_name[:SHORTEST_CUT]) in met)
            or (bool(self._decided) and identity_of(line, number) in self._decided)
        )


def identity_of(line: RegistrationLine, number: str | None) -> str:
    """As `levels.IDENTITY` says it of the line once staged."""
    _, pes, last, birth_name, first, born, *_ = line.said
    said = (number or "", pes, "", "", "", last, birth_name, first, born)
    return hashlib.sha256("|".join(said).encode()).hexdigest()
