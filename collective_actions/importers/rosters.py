"""Rosters through the one pipeline, blind: whoever brings one learns what is wrong with its form, and nothing else.

The analysis compares the file with nobody: it keeps counts and faults of form, no line. Confirmed, the file is read
again, compared in a temporary table, and destroyed: of its lines, those of people the Département knows are left
(`services.rosters.applying`), nothing of the others. A return of prescriptions comes by the same way: what became of
candidates (`services.rosters.returning`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from collective_actions.imports.rosters import ReturnLine, TraineeLine, is_return, opened, parse, parse_return
from collective_actions.services.rosters.applying import apply_roster
from collective_actions.services.rosters.returning import apply_return
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.progress import Progress
from hub.core.tabular import VERIFIED, Choice, Remark
from partners.importers import APPLYING, READING, Analysis, PlainImporter, importer
from partners.models import ImportJob
from partners.models.files import ImportKind, Verdict
from partners.services.leftovers import path_of
from referrals.imports.lines import has_error, has_verdict

FAULTS_KEPT = DOUBTS_KEPT = 50
# What is kept of a fault never quotes the cell: a name may stand in the wrong column.
FAULTS = {
    "DATE_INVALIDE": "cette date n'existe pas, ou ne s'écrit pas JJ/MM/AAAA",
    "DATE_ABSENTE": "la date est absente",
    "DATE_FUTURE": "cette date est dans le futur",
    "DATE_INCOHERENTE": "la fin est avant le début, ou la date est impossible",
    "NOM_VIDE": "la cellule est vide",
    "IDENTITE_INSUFFISANTE": "il faut une date de naissance, un identifiant, un courriel ou un téléphone",
    "CANDIDATURE_ABSENTE": "l'identifiant de la candidature est absent",
    "REPONSE_INCONNUE": "répondez O (oui) ou N (non)",
    "SESSION_ABSENTE": "il faut un numéro de session, ou un intitulé et un organisme",
    "CELLULE_TROP_LONGUE": "le contenu est trop long",
    "NB_COLONNES": "il y a trop ou trop peu de colonnes",
}
DOUBTS = {
    "DATE_INCOHERENTE": "l'entrée est à plus de 30 jours de la session",
    "ANNEE_DEUX_CHIFFRES": "l'année est écrite sur deux chiffres",
    "NOM_PARENTHESES": "le nom a été séparé en nom d'usage et nom de naissance",
}
NOT_UNDONE = "Une liste de stagiaires ne s'annule pas : déposez la liste corrigée, elle remplace la précédente."


@importer(ImportKind.ROSTER)
class RosterImporter(PlainImporter):
    """Never creates a person, and never says who is known."""

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        opened(path, today=actor.today)

    def check_fields(self, fields: list[str]) -> None:
        """Its titles are known, or the file is refused."""

    def analyse(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> Analysis:
        parsed = opened(path, today=actor.today, limits=VERIFIED)
        counts: Counter[str] = Counter(lines=0, **{Verdict.REJECTED: 0, Verdict.DUPLICATE: 0})
        sessions, faults, doubts = set(), list[str](), list[str]()
        rows: Iterator[TraineeLine | ReturnLine] = parsed.rows
        for line in Progress("import", job.pk).watch(rows, READING, parsed.lines):
            counts["lines"] += 1
            if has_error(line.remarks):
                counts[Verdict.REJECTED] += 1
                faults += [_fault(line.line, said) for said in line.remarks if said.level == "error"]
            elif has_verdict(line.remarks):
                counts[Verdict.DUPLICATE] += 1
            elif isinstance(line, TraineeLine):
                sessions.add((line.session_number or (line.organization, line.title), line.session_start))
                counts["without_end"] += line.planned_end is None and line.left_on is None
            else:
                counts["returned"] += 1
            if not has_verdict(line.remarks) and len(doubts) < DOUBTS_KEPT:
                doubts += [_doubt(line.line, said) for said in line.remarks]
        return Analysis(
            columns=list(parsed.columns),
            counts=dict(counts) | {"sessions": len(sessions)},
            warnings=[*(said.message for said in parsed.warnings), *faults[:FAULTS_KEPT], *doubts[:DOUBTS_KEPT]],
            encoding=parsed.encoding or "",
            separator=parsed.separator or "",
        )

    def foresee(self, actor: Actor, job: ImportJob) -> None:
        """What applying would do tells who is known: nobody is told."""

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        """The analysis compared the lines with nothing."""
        return False

    def apply(self, actor: Actor, job: ImportJob) -> None:
        Progress("import", job.pk).tell(APPLYING)
        path = path_of(job.file)  # its bytes: lines are kept nowhere else
        if is_return(path):
            apply_return(actor, job=job, lines=parse_return(path, today=actor.today, limits=VERIFIED).rows)
        else:
            apply_roster(actor, job=job, lines=parse(path, today=actor.today, limits=VERIFIED).rows)

    def check_undo(self, job: ImportJob) -> None:
        raise Conflict(NOT_UNDONE)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        raise Conflict(NOT_UNDONE)


def _fault(line: int, said: Remark) -> str:
    return f"Ligne {line}{_where(said)} : {FAULTS.get(said.code, 'cette valeur ne peut pas être lue')}."


def _doubt(line: int, said: Remark) -> str:
    reading = DOUBTS.get(said.code, "cette valeur est mal formée, elle n'est pas reprise")
    return f"À vérifier, ligne {line}{_where(said)} : {reading}."


def _where(said: Remark) -> str:
    return f" ({said.column})" if said.column else ""
