"""How a date of a session is said in a sentence."""

from __future__ import annotations

from datetime import datetime

from referrals.documents.slip import long_day, long_hour


def said(instant: datetime) -> str:
    """lundi 1er décembre 2026 à 9 h 30."""
    return f"{long_day(instant)} à {long_hour(instant)}"
