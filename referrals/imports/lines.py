"""What parsers yield: one object per line, already normalised, with its remarks.

Lines are plain slotted objects, not frozen: freezing costs more than the rest of a line. Events are tuples, since many
lines share the same ones.
"""

import datetime as dt
import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from hub.core.tabular import Remark, Survey

FileKind = Literal[
    "people_table", "caf_flow", "registration_stock", "registration_exits", "registration_snapshot",
    "registration_extract", "registration_by_hand", "directory", "roster",
]  # fmt: skip
KIND_LABELS: dict[FileKind, str] = {
    "people_table": "tableau de personnes",
    "caf_flow": "flux mensuel de la CAF (XML)",
    "registration_stock": "liste mensuelle des inscrits à Pôle emploi",
    "registration_exits": "liste des cessations et radiations de Pôle emploi",
    "registration_snapshot": "flux détaillé de Pôle emploi",
    "registration_extract": "extrait de Pôle emploi pour Carnet de bord",
    "registration_by_hand": "liste d'inscription faite à la main",
    "directory": "fichier du répertoire (structures et services)",
    "roster": "liste de stagiaires",
}  # fmt: skip

_Line = TypeVar("_Line")


@dataclass(slots=True)
class PersonLine:
    """One adult as a people file states it; None means "not said", never "erase".

    `sex` is "male" or "female"; `birth_date_partial` is "1980" or "1980-05" when the day is not known;
    `caf_fund` is CAF or MSA, `caf_org` its three-character number; telephone numbers are E.164.
    """

    line: int
    raw: list[str]
    remarks: list[Remark]
    last_name: str | None = None
    birth_name: str | None = None
    first_names: str | None = None
    birth_date: dt.date | None = None
    birth_date_partial: str | None = None
    sex: str | None = None
    nir13: str | None = None
    caf_fund: str | None = None
    caf_org: str | None = None
    caf_number: str | None = None
    caf_role: str | None = None
    pes_raw: str | None = None
    pes_keys: tuple[str, ...] = ()
    internal_id: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    postcode: str | None = None
    city: str | None = None
    insee: str | None = None
    rights_state: str | None = None
    subject_to_obligations: bool | None = None
    track: str | None = None
    track_date: dt.date | None = None
    organization_hint: str | None = None
    rights_opened_on: dt.date | None = None
    suspension_reason: str | None = None
    closure_reason: str | None = None
    closed_on: dt.date | None = None
    homeless: bool | None = None
    fingerprint: str = ""


class RegistrationEvent(NamedTuple):
    """One change of registration: `state` is registered, ceased or struck_off; `ends_on` the end of a sanction."""

    state: str
    date: dt.date
    code: str | None = None
    motive: str | None = None
    category: str | None = None
    ends_on: dt.date | None = None


@dataclass(slots=True)
class RegistrationLine:
    """One person of a Pôle emploi list; the last of `events` is the state the line leads to.

    `said` begins with the NIR, the keys of the identifier (`,`), of the two names and the first names, and the date
    of birth.
    """

    line: int
    raw: list[str]
    remarks: list[Remark]
    nir13: str | None = None
    pes_raw: str | None = None
    pes_keys: tuple[str, ...] = ()
    last_name: str | None = None
    birth_name: str | None = None
    first_names: str | None = None
    birth_date: dt.date | None = None
    insee: str | None = None
    city: str | None = None
    agency: str | None = None
    events: tuple[RegistrationEvent, ...] = ()
    said: tuple[str, ...] = ()  # who and what, as it is compared

    @property
    def fingerprint(self) -> str:
        """SHA-256 of `said`: equal lines say the same thing. Empty when the line could not be read."""
        written = "\x1f".join(self.said).encode("utf-8", "surrogatepass")
        return hashlib.sha256(written).hexdigest() if self.said else ""


@dataclass(slots=True)
class Parsed(Generic[_Line]):
    """A file opened and understood. Iterate `rows` once; it may still raise FileProblem (a file cut in the middle).

    `columns` are the original titles of the cells kept in each line's `raw`, `fields` their canonical names;
    `nir_columns` the positions in `raw` that hold a NIR. Columns the hub does not use are not kept at all.
    `info` is what the header of the file says (CAF: DTREF, TYPEFLUX…).
    """

    kind: FileKind
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    warnings: list[Remark]
    rows: Iterator[_Line]
    encoding: str | None = None
    separator: str | None = None
    info: dict[str, str] = field(default_factory=dict)
    survey: Survey | None = None

    @property
    def lines(self) -> int | None:
        """About how many lines the file has, when it is known before they are read."""
        return self.survey.lines if self.survey else None

    @property
    def nir_columns(self) -> tuple[int, ...]:
        """Positions, in `raw`, of the cells that hold a NIR."""
        return tuple(position for position, name in enumerate(self.fields) if name in ("nir", "nir2"))


def has_error(remarks: list[Remark]) -> bool:
    """Whether a line is rejected."""
    return any(said.level == "error" for said in remarks)


def has_verdict(remarks: list[Remark]) -> bool:
    """Whether what is said of a line decides on it: rejected, or a double."""
    return any(said.level == "error" or said.code == "DOUBLON_FICHIER" for said in remarks)


class SeenKeys:
    """Finds repeated keys among the last ones met, in bounded memory: two generations of at most `size` keys."""

    def __init__(self, size: int = 50_000) -> None:
        self._size = size
        self._new: dict[int, int] = {}
        self._old: dict[int, int] = {}

    def first_line(self, key: Hashable, line: int) -> int | None:
        """The line where `key` was first met, or None; `key` is remembered."""
        digest = hash(key)
        found = self._new.get(digest) or self._old.get(digest)
        if found is None:
            if len(self._new) >= self._size:
                self._old, self._new = self._new, {}
            self._new[digest] = line
        return found
