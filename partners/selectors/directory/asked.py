"""What somebody asks of the directory, as an address writes it: the same for screens, machines and kept searches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from hub.core.text import fold

MOST_WORDS = 8
DISTANCES = (5, 10, 20, 30, 50)  # km, as the crow flies
DEFAULT_DISTANCE = 20
_WORD = re.compile(r"[a-z0-9]{2,30}")
# Words that say nothing, without accents (the others are those of PostgreSQL's own list).
_EMPTY = frozenset(
    {"au", "aux", "avec", "ce", "ces", "dans", "de", "des", "du", "en", "et", "la", "le", "les", "leur", "lui", "ma"}
    | {"mes", "mon", "ou", "par", "pour", "qui", "sa", "ses", "sur", "un", "une", "vos", "votre"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Words and filters; "" leaves one out. `theme`: one, or a category; `commune`: a name or an INSEE code."""

    q: str = ""
    theme: str = ""
    kind: str = ""
    audience: str = ""
    fee: str = ""
    mode: str = ""
    territory: str = ""
    commune: str = ""
    distance: str = ""
    nature: str = ""
    places: str = ""

    @property
    def words(self) -> list[str]:
        """The words that say something, without accents."""
        found = [word for word in _WORD.findall(fold(self.q)) if word not in _EMPTY]
        return list(dict.fromkeys(found))[:MOST_WORDS]

    @property
    def kilometres(self) -> int:
        """How far from the commune."""
        return int(self.distance) if self.distance.isdecimal() and int(self.distance) in DISTANCES else DEFAULT_DISTANCE

    @property
    def tokens(self) -> list[str]:
        """The filters that are tokens of `Service.facets`; the territory is not one of them."""
        category = "" if "--" in self.theme else self.theme
        theme = self.theme if "--" in self.theme else ""
        pairs = {"c": category, "t": theme, "k": self.kind, "a": self.audience, "f": self.fee, "r": self.mode}
        pairs |= {"n": self.nature, "p": self.places}
        return [f"{letter}:{value}" for letter, value in pairs.items() if value]

    @property
    def query(self) -> str:
        """As an address writes it."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


KEPT = tuple(Asked.__dataclass_fields__)


def asked_by(given: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask; unknown ones are left."""
    said = {name: str(given[name]).replace("\x00", "") for name in KEPT if name in given}
    return Asked(**{name: " ".join(value.split())[:120] for name, value in said.items()})


def asked_of(query: str) -> Asked:
    """What a kept address asks."""
    return asked_by(dict(parse_qsl(query)))
