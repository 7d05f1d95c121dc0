"""Taking back a file of people. `written` reads in the histories what the file wrote, `held` says what must stay
because something else stands on it, `left` tells it, `putting_back` does the rest."""

from referrals.services.people_undo.left import Left, Preview, left_of, preview_undo
from referrals.services.people_undo.putting_back import undo_people
from referrals.services.people_undo.written import heads, keep_written, refuse_without_history

__all__ = [
    "Left",
    "Preview",
    "heads",
    "keep_written",
    "left_of",
    "preview_undo",
    "refuse_without_history",
    "undo_people",
]
