"""Who must register (domain §5), said once, in SQL: for the plans of lists, for what closes at once, for questions.

Each function names the person's table by its alias, and the day by its placeholder.
"""

from __future__ import annotations

from datetime import date

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

PEOPLE = '"referrals_beneficiary"'


def obliged_track(person: str) -> str:
    """The professional or socio-professional track of a person, as `d`; it may take effect later."""
    return (
        f"d.beneficiary_id = {person}.id AND d.voided_at IS NULL AND d.ended_on IS NULL"
        " AND d.track IN ('professional', 'socio_professional')"
    )


def subject(person: str, day: str = "%(day)s") -> str:
    """Rights not closed, subject to obligations or unknown, not exempted."""
    return (
        f"{person}.died_on IS NULL"
        f" AND {person}.rights_state IN ('open', 'suspended', 'payment_suspended', 'unknown')"
        f" AND {person}.subject_to_obligations IS DISTINCT FROM false AND NOT {_exempted(person, day)}"
    )


def must_register(person: str, day: str = "%(day)s") -> str:
    """Both."""
    return f"EXISTS (SELECT 1 FROM referrals_trackdecision d WHERE {obliged_track(person)}) AND {subject(person, day)}"


def closing(person: str, day: str = "%(day)s") -> str:
    """Why somebody need not register any more: how her gap ends."""
    return f"""
CASE WHEN {person}.died_on IS NOT NULL THEN 'died'
     WHEN {person}.rights_state IN ('pending', 'refused', 'closed', 'closed_earlier') THEN 'rights_closed'
     WHEN {person}.subject_to_obligations = false THEN 'not_subject'
     WHEN {_exempted(person, day)} THEN 'exempted'
     WHEN EXISTS (SELECT 1 FROM referrals_trackdecision d WHERE d.beneficiary_id = {person}.id AND d.voided_at IS NULL
                     AND d.ended_on IS NULL AND d.track = 'social') THEN 'social_track'
     ELSE 'other' END"""


def obliged_now(today: date) -> RawSQL:
    """The same for a queryset of people, their track in effect."""
    track = f"{obliged_track(PEOPLE)} AND d.effective_on <= %s"
    sql = f"EXISTS (SELECT 1 FROM referrals_trackdecision d WHERE {track}) AND {subject(PEOPLE, '%s')}"
    return RawSQL(sql, [today, today], output_field=BooleanField())


def _exempted(person: str, day: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM referrals_registrationexemption x"
        f" WHERE x.beneficiary_id = {person}.id AND x.until >= {day})"
    )
