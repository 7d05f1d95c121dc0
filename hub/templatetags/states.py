"""How every state looks: one table, by model and code. A state is always text, icon and colour together."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """A tone (`neutral`, `info`, `success`, `warning`, `danger`) and a lucide icon."""

    tone: str
    icon: str


TONE_ICONS = {
    "neutral": "circle",
    "info": "circle-dot",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-x",
}

DRAFT = Look("neutral", "circle-dashed")
WAITING = Look("info", "hourglass")
SENT = Look("info", "send")
WORKING = Look("info", "loader")
ASKED = Look("warning", "circle-question-mark")
DONE = Look("success", "circle-check")
REFUSED = Look("danger", "circle-x")
CLOSED = Look("neutral", "archive")

STATES: dict[str, dict[str, Look]] = {
    "importjob": {
        "received": WAITING,
        "analysing": WORKING,
        "analysed": Look("warning", "eye"),
        "applying": WORKING,
        "applied": DONE,
        "refused": REFUSED,
        "discarded": CLOSED,
    },
    "importrow": {
        "created": Look("success", "circle-plus"),
        "changed": Look("info", "pencil"),
        "unchanged": Look("neutral", "equal"),
        "matched": DONE,
        "duplicate": Look("neutral", "copy"),
        "ambiguous": ASKED,
        "unknown": Look("warning", "user-x"),
        "rejected": REFUSED,
    },
}
# Codes that mean the same wherever they appear.
COMMON: dict[str, Look] = {
    "draft": DRAFT,
    "held": WAITING,
    "sent": SENT,
    "proposed": SENT,
    "designated": SENT,
    "seen": Look("info", "eye"),
    "pending": WAITING,
    "waiting": WAITING,
    "waiting_list": WAITING,
    "more_info": ASKED,
    "info_requested": ASKED,
    "redirect_proposed": Look("warning", "signpost"),
    "redirected": Look("neutral", "signpost"),
    "acknowledged": DONE,
    "accepted": DONE,
    "in_progress": Look("success", "play"),
    "active": DONE,
    "open": Look("warning", "circle-alert"),
    "justified": Look("neutral", "circle-pause"),
    "resolved": DONE,
    "completed": DONE,
    "done": DONE,
    "declined": REFUSED,
    "refused": REFUSED,
    "rejected": REFUSED,
    "expired": Look("warning", "clock-alert"),
    "unanswered": Look("warning", "clock-alert"),
    "late": Look("danger", "clock-alert"),
    "moot": CLOSED,
    "closed": CLOSED,
    "cancelled": Look("neutral", "ban"),
    "withdrawn": Look("neutral", "ban"),
    "inactive": Look("neutral", "circle-pause"),
    "void": Look("neutral", "ban"),
}
UNKNOWN = Look("neutral", "circle")


def look(model: str, code: str) -> Look:
    """The look of a state: the model's own, else the common one, else neutral."""
    return STATES.get(model, {}).get(code) or COMMON.get(code, UNKNOWN)
