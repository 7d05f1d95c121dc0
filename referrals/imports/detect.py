"""Which kind of file this is, by its content: to propose it at upload and to refuse a wrong choice clearly."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from hub.core.identifiers import pes_keys
from hub.core.tabular import DEFAULT_LIMITS, FileProblem, Limits, Source, refusal
from hub.core.tabular.sheet import open_sheets
from hub.core.tabular.sniff import container, opened
from hub.core.tabular.survey import ColumnsProblem, known_title
from hub.core.tabular.table import alias_index
from hub.core.text import fold, header_key
from partners.imports.directory import is_directory_json, is_directory_table
from referrals.imports.columns import CLASSIC_LAYOUTS, PEOPLE, REGISTRATION
from referrals.imports.lines import KIND_LABELS, FileKind

_HEAD_BYTES = 64 * 1024
_CAF_MARKS = re.compile(rb"<(?:IdentificationFlux|InfosFoyerRSA)\b")
_OF_REGISTERED = re.compile(r"\bliste\b.*\b(?:inscrit|demandeurs? d.emploi)")
# A table of people may also have a column "Situation" or "Statut", which then says something else.
_ONLY_OF_PEOPLE = {"caf_number", "internal_id", "phone", "email", "address", "rights_state", "track"}
_REGISTRATION_INDEX, _PEOPLE_INDEX = alias_index(REGISTRATION), alias_index(PEOPLE)


def detect(source: Source, limits: Limits = DEFAULT_LIMITS) -> FileKind | None:
    """The kind of a file, or None when nothing known is recognised. Raises FileProblem on an unreadable file."""
    with opened(source) as file:
        if container(file, limits) == "xml":
            head = file.read(_HEAD_BYTES)
            if b"\x00" in head:
                head = head.replace(b"\x00", b"")
            return "caf_flow" if _CAF_MARKS.search(head) else None
    if is_directory_json(source):
        return "directory"
    for sheet in open_sheets(source, limits):
        first = [row for _, row in islice(sheet.rows(), 11)]
        if kind := _kind_under_titles(first[:10]) or _kind_of_positions(first):
            return kind
    return None


def _kind_under_titles(rows: Sequence[Sequence[str]]) -> FileKind | None:
    """What the first row of known titles announces; what is written above weighs more than titles anybody may use."""
    for position, row in enumerate(rows):
        if kind := kind_of_titles(row):
            above = fold(" ".join(cell for before in rows[:position] for cell in before))
            return "registration_by_hand" if kind == "people_table" and _OF_REGISTERED.search(above) else kind
    return None


def kind_of_titles(titles: Iterable[str]) -> FileKind | None:
    """The kind of table these column titles announce, or None."""
    written = list(titles)
    columns = {name for title in written if (name := known_title(title, _REGISTRATION_INDEX))}
    people = {name for title in written if (name := known_title(title, _PEOPLE_INDEX))}
    kind = kind_of_registration(columns)
    if kind and not (kind == "registration_by_hand" and "date" not in columns and people & _ONLY_OF_PEOPLE):
        return kind
    if is_directory_table({header_key(title) for title in written}):
        return "directory"
    if {"last_name", "first_names"} <= people and people & {"birth_date", "nir", "caf_number"}:
        return "people_table"
    return None


def kind_of_registration(columns: Collection[str]) -> FileKind | None:
    """The kind of Pôle emploi list that has these columns, or None."""
    if "registered_on" in columns and "birth_date" in columns:
        return "registration_snapshot"
    if "entered_on" in columns and "birth_date" in columns:
        return "registration_extract"
    if "situation" in columns and ("date" in columns or {"last_name", "first_names", "birth_date"} <= set(columns)):
        return "registration_by_hand"
    if {"pes", "date"} <= set(columns) and {"code", "category"} & set(columns):
        return "registration_exits" if "motive" in columns else "registration_stock"
    return None


def _kind_of_positions(rows: Sequence[Sequence[str]]) -> FileKind | None:
    """The classic lists without known titles: right number of columns, identifiers in the second one."""
    data = rows[1:] or rows
    if not data or any(len(row) not in CLASSIC_LAYOUTS for row in data):
        return None
    if not any(pes_keys(row[1]) for row in data):
        return None
    return "registration_exits" if len(data[0]) in (9, 13) else "registration_stock"


def require_kind(found: FileKind | None, expected: FileKind) -> None:
    """Refuse a file recognised as something else than what the person chose. Raises FileProblem."""
    if found is not None and found != expected:
        raise refusal("TYPE_INATTENDU", found=KIND_LABELS[found], expected=KIND_LABELS[expected])


def explain(problem: FileProblem, source: Source, expected: FileKind, limits: Limits) -> FileProblem:
    """A clearer refusal than missing columns when the file is plainly of another kind."""
    if problem.code not in ("COLONNES_MANQUANTES", "ENTETE_INTROUVABLE", "TITRES_INCONNUS", "FICHIER_ILLISIBLE"):
        return problem
    try:
        found = detect(source, limits)
        if found and found.startswith("registration") and expected.startswith("registration"):
            return problem  # one shape of list or another: what is missing says more
        if isinstance(problem, ColumnsProblem) and expected.startswith("registration") and found == "people_table":
            said = f"Ce fichier ressemble à « {KIND_LABELS[found]} ». {problem.message}"
            return ColumnsProblem(FileProblem(problem.code, said), problem.survey)
        require_kind(found, expected)
    except FileProblem as clearer:
        return clearer
    return problem
