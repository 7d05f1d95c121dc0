"""How every state looks: one table, by model (`model_name`) and stored code; always text, icon and colour together."""

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
SEEN = Look("info", "eye")
TO_CHECK = Look("warning", "circle-alert")
ASKED = Look("warning", "circle-question-mark")
DONE = Look("success", "circle-check")
PAUSED = Look("neutral", "circle-pause")
REFUSED = Look("danger", "circle-x")
CLOSED = Look("neutral", "archive")
BARRED = Look("neutral", "ban")

STATES: dict[str, dict[str, Look]] = {
    "referral": {
        "draft": DRAFT,
        "sent": SENT,
        "accepted": DONE,
        "contested": Look("warning", "message-circle-warning"),
        "waitlisted": WAITING,
        "in_progress": Look("success", "play"),
        "paused": PAUSED,
        "declined": REFUSED,
        "redirected": Look("neutral", "signpost"),
        "unanswered": Look("warning", "clock-alert"),
        "cancelled": BARRED,
        "completed": Look("success", "flag"),
        "not_completed": CLOSED,
        "entered_in_error": BARRED,
    },
    "registrationgap": {
        "open": TO_CHECK,
        "acknowledged": SEEN,
        "in_progress": WORKING,
        "resolved": DONE,
        "justified": PAUSED,
        "lapsed": CLOSED,
        "void": BARRED,
    },
    "registrationentry": {
        "registered": DONE,
        "ceased": TO_CHECK,
        "struck_off": TO_CHECK,  # never red: the person is not accused
    },
    "registrationmonth": {
        "listed": DONE,
        "registered": DONE,
        "left": TO_CHECK,
        "explained": PAUSED,
        "waiting": WAITING,
        "absent": TO_CHECK,
    },
    "beneficiary": {
        "pending": WAITING,
        "refused": REFUSED,
        "open": DONE,
        "suspended": Look("warning", "circle-pause"),
        "payment_suspended": Look("warning", "circle-pause"),
        "closed": CLOSED,
        "closed_earlier": CLOSED,
        "unknown": Look("neutral", "circle-question-mark"),
    },
    "importjob": {
        "received": WAITING,
        "unspecified": Look("warning", "pencil"),
        "analysing": WORKING,
        "analysed": Look("warning", "eye"),
        "applying": WORKING,
        "undoing": WORKING,
        "applied": DONE,
        "refused": REFUSED,
        "discarded": CLOSED,
        "undone": Look("neutral", "undo-2"),
    },
    "candidacy": {
        "positioned": SENT,
        "presented": SEEN,
        "not_presented": CLOSED,
        "selected": DONE,
        "not_selected": CLOSED,
        "entered": Look("success", "play"),
        "not_entered": CLOSED,
        "completed": Look("success", "flag"),
        "interrupted": PAUSED,
        "withdrawn": BARRED,
    },
    "service": {"draft": DRAFT, "published": DONE, "archived": CLOSED},
    "collectiveaction": {"draft": DRAFT, "published": DONE, "archived": CLOSED, "cancelled": BARRED},
    "enrolment": {
        "waiting": WAITING,
        "offered": Look("warning", "armchair"),
        "enrolled": DONE,
        "lapsed": Look("neutral", "clock-alert"),
        "cancelled": CLOSED,
        "present": DONE,
        "excused": PAUSED,
        "absent": PAUSED,  # never red: the person is not accused
    },
    "campaign": {"draft": DRAFT, "sent": SENT, "cancelled": BARRED},
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
UNKNOWN = Look("neutral", "circle")


def look(model: str, code: str) -> Look:
    """The look of a state of a model; neutral when the table does not know it."""
    return STATES.get(model, {}).get(code, UNKNOWN)
