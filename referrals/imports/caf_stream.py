"""Households of an RSABEM file, as small dictionaries of the tags the hub keeps, in one pass of expat."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from hub.core.tabular import refusal
from hub.core.xml_stream import XmlStream

Values = dict[str, str]

_CHUNK = 256 * 1024
_TAIL = 4096
_LONGEST_VALUE = 100  # the schema's own longest text is 50
HEADER_TAGS = frozenset(
    ("APPLIEME", "NUMVERSIONAPPLIEME", "TYPEFLUX", "NATFLUX", "DTCREAFLUX", "HEUCREAFLUX", "DTREF")
)  # fmt: skip
# Anything not listed (resources, pensions, pregnancies, amounts…) never leaves the parser.
_HOUSEHOLD_TAGS = frozenset(
    (
        "FONORG", "NUMORG", "MATRICULE", "DTDEMRSA", "NUMDEMRSA", "ETATDOSRSA", "MOTISUSVERSRSA", "MOTICLORSA",
        "DTCLORSA", "TOPSANSDOMFIXE",
    )
)  # fmt: skip
_PERSON_TAGS = frozenset(
    ("QUAL", "NOM", "NOMNAI", "PRENOM", "DTNAI", "TYPEDTNAI", "NIR", "SEXE", "IDASSEDIC", "TOPPERSDRODEVORSA")
)  # fmt: skip
_ADDRESS_TAGS = frozenset(
    (
        "RGADR", "COMPLIDEADR", "COMPLADR", "NUMVOIE", "LIBTYPEVOIE", "NOMVOIE", "LIEUDIST", "NUMCOM", "CODEPOS",
        "NOMCOM",
    )
)  # fmt: skip
_ROLE_TAGS = frozenset(("NATPREST", "ROLEPERS"))
_KNOWN_ROOT = re.compile(rb"</\s*Racine\s*>\s*$")


@dataclass(slots=True)
class Household:
    """One file at the CAF: what is said of the household, and of each person with the line of its tag."""

    values: Values = field(default_factory=dict)
    people: list[tuple[int, Values]] = field(default_factory=list)


def check_ending(file: BinaryIO) -> None:
    """Refuse a file cut before its last tag, without reading it whole. Raises FileProblem."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read().replace(b"\x00", b"").rstrip()
    file.seek(0)
    if not _KNOWN_ROOT.search(tail):
        raise refusal("FICHIER_TRONQUE")


def read_header(file: BinaryIO) -> dict[str, str]:
    """IdentificationFlux: DTREF and TYPEFLUX say which month and kind of flow this is. Raises FileProblem."""
    file.seek(0)
    reader = _Reader()
    while not reader.header_read and (chunk := file.read(_CHUNK)):
        reader.feed(chunk)
    file.seek(0)
    return dict(reader.header)


def households(file: BinaryIO) -> Iterator[Household]:
    """Every household in order; the number announced at the end is verified. Raises FileProblem."""
    file.seek(0)
    reader = _Reader()
    while chunk := file.read(_CHUNK):
        reader.feed(chunk)
        yield from reader.take()
    reader.close()
    yield from reader.take()
    if reader.count == 0:
        raise refusal("FICHIER_VIDE")
    announced = reader.announced.strip()
    if announced.isdecimal() and int(announced) != reader.count:
        raise refusal("NB_DOSSIERS", announced=announced, found=reader.count)


class _Reader(XmlStream):
    """What keeps the text of listed tags of the block it stands in, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.header: Values = {}
        self.header_read = False
        self.announced = ""
        self.count = 0
        self._done: list[Household] = []
        self._household: Household | None = None
        self._person_line = 0
        self._values: Values = self.header
        self._wanted: frozenset[str] = frozenset()
        self._outer: list[tuple[Values, frozenset[str]]] = []
        self._text: list[str] | None = None

    def take(self) -> list[Household]:
        """The households completed since the last call."""
        done, self._done = self._done, []
        return done

    def _enter(self, values: Values, wanted: frozenset[str]) -> None:
        self._outer.append((self._values, self._wanted))
        self._values, self._wanted = values, wanted

    def _leave(self) -> Values:
        left = self._values
        self._values, self._wanted = self._outer.pop()
        return left

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._wanted:
            self._text = []
        elif name == "InfosFoyerRSA":
            self._household = Household()
            self._enter(self._household.values, _HOUSEHOLD_TAGS)
        elif name == "Personne":
            # Flows without line breaks exist: each person has a number of its own all the same.
            self._person_line = max(self.line, self._person_line + 1)
            self._enter({}, _PERSON_TAGS)
        elif name == "Prestations":
            self._enter({}, _ROLE_TAGS)
        elif name == "Adresse":
            self._enter({}, _ADDRESS_TAGS)
        elif name == "IdentificationFlux":
            self._enter(self.header, HEADER_TAGS)
        elif name == "NBTOTDOSRSATRANSM":
            self._text = []

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        if self._text is not None:
            value = "".join(self._text).strip()[:_LONGEST_VALUE]
            self._text = None
            if name == "NBTOTDOSRSATRANSM":
                self.announced = value
            elif value:
                self._values.setdefault(name, value)
        elif name == "Prestations":
            benefit = self._leave()
            if benefit.get("NATPREST") == "RSA" and "ROLEPERS" in benefit:
                self._values["ROLEPERS"] = benefit["ROLEPERS"]
        elif name == "Adresse":
            address = self._leave()
            if address.get("RGADR") == "01" and self._household is not None:
                self._household.values.update(address)
        elif name == "Personne":
            person = self._leave()
            if self._household is not None:
                self._household.people.append((self._person_line, person))
        elif name == "InfosFoyerRSA" and self._household is not None:
            self._leave()
            self._done.append(self._household)
            self._household = None
            self.count += 1
        elif name == "IdentificationFlux":
            self._leave()
            self.header_read = True
