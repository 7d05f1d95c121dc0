"""Why somebody left a training, from the words of partners to one code.

The words themselves are not kept: they say things of health or family nobody here needs ("problème de garde").
"""

from __future__ import annotations

from hub.core.text import fold

# Code → beginnings of words; the first code with one of them wins.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("never_started", ("non-entree", "non entree", "non entre", "jamais entre", "absent a l'entree", "desist")),
    ("job", ("emploi", "embauche", "cdi", "cdd", "reprise d'activite", "travail")),
    ("excluded", ("exclu", "renvoi")),
    ("dropped_out", ("abandon", "demission", "arret", "interruption", "rupture", "sortie anticipee")),
    ("completed", ("fin", "termin", "acheve", "complet", "certifi", "valid", "reussi", "diplom")),
)


def outcome(motive: str | None, result: str | None = None) -> str:
    """The code of a motive (else of a result) written in words; "other" when nobody knows it, "" for nothing."""
    for written in (motive, result):
        if said := fold(written or "").strip():
            return next((code for code, words in _WORDS if any(word in said for word in words)), "other")
    return ""
