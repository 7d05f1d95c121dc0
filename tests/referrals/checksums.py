"""Of every table that says something of people, one sum of its whole rows."""

from __future__ import annotations

from django.db import connection

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import (
    AbsenceExplanation,
    AccessGrant,
    Beneficiary,
    NationalNumber,
    RegistrationEntry,
    RegistrationExemption,
    RegistrationStatus,
    SupportAssignment,
    TrackDecision,
)
from tests.cast import Cast

TABLES = (
    Beneficiary, NationalNumber, TrackDecision, SupportAssignment, AccessGrant, RegistrationExemption,
    AbsenceExplanation, RegistrationEntry, RegistrationStatus,
)  # fmt: skip
TOLD_AGAIN = (RegistrationEntry, RegistrationStatus)  # what lists told is told again under other keys


def checksums(cast: Cast) -> dict[str, str]:
    """Table → number and digest of its rows."""
    found = {}
    with tenant(Actor.system(cast.department.pk)), connection.cursor() as cursor:
        for model in TABLES:
            table = model._meta.db_table
            row = "to_jsonb(t) - 'id'" if model in TOLD_AGAIN else "to_jsonb(t)"
            rows = f"SELECT ({row})::text AS said FROM {table} t"
            cursor.execute(f"SELECT count(*) || md5(string_agg(said, ',' ORDER BY said)) FROM ({rows}) r")
            found[table] = cursor.fetchone()[0]
    return found
