"""The one pipeline of files: each kind registers how it is checked, analysed and applied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hub.core.actor import Actor
from hub.core.progress import Progress
from hub.core.tabular import Choice, Source, Survey
from partners.imports.offers import OfferFile
from partners.models import ImportJob, ImportRow

# Steps of a file at work, as they are told while it is.
READING, MATCHING, CHECKING, FORESEEING, APPLYING = "reading", "matching", "checking", "foreseeing", "applying"
STEPS = {
    READING: "Lecture et vérification des lignes",
    MATCHING: "Rapprochement avec les personnes connues",
    CHECKING: "Verdict de chaque ligne",
    FORESEEING: "Prévision de ce que confirmer ferait",
    APPLYING: "Application",
}
Corrections = dict[int, dict[str, str]]
"""Line → cells as a person corrected them, by name of column; no cell: the line as it is."""


@dataclass(slots=True)
class Analysis:
    """What a dry run found; the lines themselves are in `ImportRow`."""

    columns: list[str]
    counts: dict[str, Any]  # numbers by name; `audience`, whom it would tell, is a list
    warnings: list[str] = field(default_factory=list)
    encoding: str = ""
    separator: str = ""
    survey: Survey | None = None
    changes: dict[str, Any] = field(default_factory=dict)  # fields of the job that the file itself decides


class Importer(Protocol):
    """One kind of file. Its steps run inside the gate, as the product, in one transaction each."""

    is_list: bool  # covers a month, a territory, wholly or not
    choices: tuple[tuple[str, str], ...]  # what a column may be, with the words people read; empty: no columns

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        """Refuse at once what is plainly not this kind of file. Raises FileProblem, ColumnsProblem."""

    def check_fields(self, fields: list[str]) -> None:
        """Refuse columns that cannot be read together. Raises FileProblem."""

    def analyse(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> Analysis:
        """Read every line, write its verdict, apply nothing. Raises FileProblem, ColumnsProblem."""

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        """Name → title of the columns a person may correct, in the order of the file; none if it is no table."""

    def reread(self, actor: Actor, job: ImportJob, path: Path, corrections: Corrections) -> dict[str, Any]:
        """Read some lines again, write their verdicts anew, mend the `warnings` of the job that spoke of them; the
        verdicts of the whole job in numbers."""

    def foresee(self, actor: Actor, job: ImportJob) -> None:
        """What applying would do now and what is strange with the file, into `counts` and `guards` of the job."""

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        """Has what the lines were compared with changed since the analysis?"""

    def apply(self, actor: Actor, job: ImportJob) -> None:
        """Do what the analysis announced, from `ImportRow` alone."""

    def check_undo(self, job: ImportJob) -> None:
        """Refuse to take back what cannot be. Raises Conflict."""

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        """Take back what `apply` did; says it in numbers. Raises Conflict, with nothing changed."""


class PlainImporter:
    """What is the same for the kinds that cover no month and whose lines are mended in their file, not here."""

    is_list = False
    choices: tuple[tuple[str, str], ...] = ()

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        return {}

    def reread(self, actor: Actor, job: ImportJob, path: Path, corrections: Corrections) -> dict[str, Any]:
        return dict(job.counts)

    def foresee(self, actor: Actor, job: ImportJob) -> None:
        """Its verdicts say it all."""


class OfferImporter(PlainImporter, ABC):
    """Files of what is offered (services, trainings): each line has a verdict, nothing in them is about a person."""

    @abstractmethod
    def read(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> OfferFile[Any]:
        """The file open. Raises FileProblem, ColumnsProblem."""

    @abstractmethod
    def verdicts(self, actor: Actor, job: ImportJob, lines: list[Any]) -> Iterable[ImportRow]:
        """Compare each line with what is known, and keep what becomes of it."""

    @abstractmethod
    def apply_rows(self, actor: Actor, job: ImportJob) -> None:
        """Write what the verdicts announced."""

    def analyse(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> Analysis:
        found = self.read(actor, job, path, chosen)
        told = Progress("import", job.pk)
        lines = list(told.watch(found.rows, READING, found.lines))
        told.tell(CHECKING)
        counts: Counter[str] = Counter(lines=len(lines))
        counts.update(row.verdict for row in self.verdicts(actor, job, lines))
        return Analysis(
            columns=found.columns,
            counts=dict(counts),
            warnings=found.warnings,
            encoding=found.encoding,
            separator=found.separator,
            survey=found.survey,
        )

    def apply(self, actor: Actor, job: ImportJob) -> None:
        Progress("import", job.pk).tell(APPLYING)
        self.apply_rows(actor, job)

    def check_undo(self, job: ImportJob) -> None:
        """What was changed since is left as it is: nothing forbids taking the rest back."""


IMPORTERS: dict[str, Importer] = {}
RECOGNISERS: dict[str, Callable[[Source], bool]] = {}


def importer(kind: str) -> Callable[[type[Importer]], type[Importer]]:
    """Register the importer of a kind."""

    def register(cls: type[Importer]) -> type[Importer]:
        IMPORTERS[kind] = cls()
        return cls

    return register


def recogniser(kind: str) -> Callable[[Callable[[Source], bool]], Callable[[Source], bool]]:
    """Register how a kind known to an upper app alone is told from the others."""

    def register(function: Callable[[Source], bool]) -> Callable[[Source], bool]:
        RECOGNISERS[kind] = function
        return function

    return register


def recognised(source: Source) -> str | None:
    """The kind of an upper app whose file this is, if any. Raises FileProblem on an unreadable file."""
    return next((kind for kind, is_one in RECOGNISERS.items() if is_one(source)), None)
