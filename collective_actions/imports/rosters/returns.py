"""A return of prescriptions (Seine-Saint-Denis's exchange with its Région): what became of each candidate.

No name: a line says which candidacy by its identifier. Free words of reasons become codes and are not kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.core.tabular import DEFAULT_LIMITS, FileProblem, Limits, Remark, Source, Table, read_table, remark
from hub.core.tabular.table import labels
from hub.core.text import clean, fold
from referrals.imports.cells import read_date
from referrals.imports.lines import Parsed, SeenKeys, has_error

# "beneficaire": as the exchange itself writes it.
RETURN: dict[str, tuple[str, ...]] = {
    "ours": ("identifiant_webrsa", "Identifiant de la candidature"),
    "theirs": ("identifiant_frsa",),
    "met_on": ("date_entretien",),
    "present": ("beneficiaire_present",),
    "select": ("beneficiaire_retenu",),
    "select_why": ("beneficiaire_rejete_motif",),
    "select_words": ("beneficiaire_rejete_motif_autre",),
    "enter": ("beneficiaire_integre_action",),
    "enter_why": ("beneficiaire_pas_integre_action_raison",),
    "enter_words": ("beneficiaire_pas_integre_action_raison_autre",),
    "complete": ("beneficiaire_termine_action",),
    "complete_why": ("beneficaire_abandon_action_raison", "beneficiaire_abandon_action_raison"),
    "complete_words": ("beneficaire_abandon_action_raison_autre", "beneficiaire_abandon_action_raison_autre"),
}
REQUIRED = ("ours", "select")
_LABELS = labels(RETURN)
# Step → its contrary, and the reason of it when the file gives none we know.
STEPS = {
    "present": ("miss", "did_not_come"),
    "select": ("reject", "other"),
    "enter": ("stay_out", "other_person"),
    "complete": ("interrupt", "other_person"),
}
# Code → beginnings of words; the first code with one of them wins.
_REASONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("session_cancelled", ("annul",)),
    ("no_place", ("plus de place", "pas de place", "complet", "effectif")),
    ("prerequisites", ("prerequis", "pre-requis", "niveau")),
    ("not_eligible", ("eligib", "public")),
    ("project", ("projet",)),
    ("unreachable", ("injoignable", "contact")),
    ("not_mobile", ("mobil", "transport", "deplacement")),
    ("not_interested", ("interess", "refus")),
    ("in_employment", ("emploi", "embauche", "cdi", "cdd")),
    ("in_training", ("formation",)),
    ("did_not_come", ("absent", "venu", "present")),
)
_YES, _NO = frozenset(("o", "oui", "1", "true", "vrai")), frozenset(("n", "non", "0", "false", "faux"))


@dataclass(slots=True)
class ReturnLine:
    """What became of one candidacy: `results` are (step or its contrary, code of its reason), in order."""

    line: int
    raw: list[str]
    remarks: list[Remark]
    candidacy: str = ""
    met_on: dt.date | None = None
    results: tuple[tuple[str, str], ...] = ()


def is_return(source: Source) -> bool:
    """Do the titles of this file say what became of candidates?"""
    try:
        table = read_table(source, aliases=RETURN)
    except FileProblem:
        return False
    return set(REQUIRED) <= set(table.columns)


def parse_return(source: Source, *, today: dt.date, limits: Limits = DEFAULT_LIMITS) -> Parsed[ReturnLine]:
    """Open a return of prescriptions. Raises `FileProblem`."""
    table = read_table(source, aliases=RETURN, required=REQUIRED, limits=limits)
    return Parsed(
        "roster", table.headers, table.columns, table.warnings, _lines(table, today), table.encoding, table.separator
    )  # fmt: skip


def _lines(table: Table, today: dt.date) -> Iterator[ReturnLine]:
    at, seen = {name: position for position, name in enumerate(table.columns)}, SeenKeys()
    for number, raw in table.rows():
        line = ReturnLine(number, raw, table.problems.pop(number, []))
        if not line.remarks:
            _fill(line, {name: clean(raw[position]) or "" for name, position in at.items()}, today)
            if not has_error(line.remarks) and (first := seen.first_line(line.candidacy, number)):
                line.remarks.append(remark("DOUBLON_FICHIER", first=first))
        yield line


def _fill(line: ReturnLine, cells: dict[str, str], today: dt.date) -> None:
    line.candidacy = cells["ours"]
    if not line.candidacy:
        line.remarks.append(
            Remark("CANDIDATURE_ABSENTE", "error", "l'identifiant de la candidature est absent", _LABELS["ours"])
        )
    line.met_on = read_date(cells.get("met_on", ""), _LABELS["met_on"], today, line.remarks).value
    answers = {step: _answer(line, step, cells.get(step, "")) for step in STEPS}
    if not has_error(line.remarks):
        line.results = tuple(_results(answers, cells))


def _answer(line: ReturnLine, step: str, said: str) -> bool | None:
    if not said:
        return None
    if fold(said) in _YES | _NO:
        return fold(said) in _YES
    line.remarks.append(Remark("REPONSE_INCONNUE", "error", "répondez O (oui) ou N (non)", _LABELS[step]))
    return None


def _results(answers: dict[str, bool | None], cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each step up to the first contrary; who entered was selected, even when the file does not say it."""
    steps = list(STEPS)
    last = max((rank for rank, step in enumerate(steps) if answers[step] is not None), default=-1)
    for rank, step in enumerate(steps[: last + 1]):
        contrary, reason = STEPS[step]
        if answers[step] is False:
            yield contrary, _reason((cells.get(f"{step}_why", ""), cells.get(f"{step}_words", "")), reason)
            return
        if answers[step] or (step != "present" and rank < last):
            yield step, ""


def _reason(written: Iterable[str], otherwise: str) -> str:
    for words in written:
        said = fold(words)
        if found := next((code for code, beginnings in _REASONS if any(one in said for one in beginnings)), ""):
            return found
    return otherwise
