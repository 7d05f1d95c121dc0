"""Due dates in words: open days, as people count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.core.workdays import open_days_between
from referrals.models import Nature, Referral, ReferralState

WHAT = {
    ReferralState.SENT: "réponse",
    ReferralState.CONTESTED: "décision",
    ReferralState.WAITLISTED: "liste à revoir",
    ReferralState.PAUSED: "à revoir",
    ReferralState.IN_PROGRESS: "suivi à confirmer",
    ReferralState.ACCEPTED: "premier rendez-vous",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is expected (`what`) by when (`short`), with its tone; `day` is the date the words speak of."""

    what: str
    short: str
    day: date
    tone: str = "neutral"

    @property
    def words(self) -> str:
        """The whole sentence: "réponse en retard de 3 jours ouvrés"."""
        return f"{self.what} {self.short}"

    @property
    def late(self) -> bool:
        return self.tone == "danger"


def deadline(referral: Referral, *, today: date, subdivision: str) -> Deadline | None:
    """The clock of the present state, or None when none runs. `subdivision` is the Département's code (holidays)."""
    due, late = referral.due_on, referral.late_on
    if due is None or late is None or referral.state not in WHAT:
        return None
    what = WHAT[ReferralState(referral.state)]
    if referral.nature == Nature.DESIGNATION and referral.state == ReferralState.SENT:
        what = "prise en compte"
    if today >= late:
        days = open_days_between(late, today, subdivision=subdivision) + 1
        return Deadline(f"{what} en", f"retard de {_open_days(days)}", late, "danger")
    if today >= due:
        return Deadline(what, f"attendue, en retard {_in(today, late, subdivision)}", late, "warning")
    return Deadline(what, _in(today, due, subdivision), due)


def _in(today: date, day: date, subdivision: str) -> str:
    days = open_days_between(today, day, subdivision=subdivision)
    if days == 0 or day == today:
        return "aujourd'hui"
    return "d'ici demain" if days == 1 else f"dans {_open_days(days)}"


def _open_days(days: int) -> str:
    return f"{days}\u00a0jour ouvré" if days < 2 else f"{days}\u00a0jours ouvrés"
