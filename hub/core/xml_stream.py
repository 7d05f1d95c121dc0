"""XML of partners read in one pass of expat: entities and document types are refused before anything is expanded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from xml.parsers import expat

from hub.core.tabular import FileProblem, refusal


class XmlStream(ABC):
    """A parser to feed with chunks; subclasses say what starts, ends and texts are for. Raises FileProblem."""

    def __init__(self, *, namespace_separator: str | None = None) -> None:
        parser = expat.ParserCreate(namespace_separator=namespace_separator)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._dangerous
        parser.EntityDeclHandler = self._dangerous
        parser.ExternalEntityRefHandler = self._dangerous
        self._parser = parser

    @property
    def line(self) -> int:
        """Where the parser stands."""
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> None:
        """Read one chunk. Raises FileProblem on malformed or dangerous XML."""
        self._parse(chunk, False)

    def close(self) -> None:
        """Say that the bytes are finished. Raises FileProblem when elements are still open."""
        self._parse(b"", True)

    @abstractmethod
    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    @abstractmethod
    def end(self, name: str) -> None:
        """An element ends."""

    @abstractmethod
    def text(self, data: str) -> None:
        """Characters between tags."""

    def _parse(self, chunk: bytes, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise _problem(error) from error
        except (LookupError, ValueError) as error:
            # The declared encoding is unknown, or one that expat cannot read.
            raise refusal("XML_INVALIDE", line=1) from error

    def _dangerous(self, *_: Any) -> int:
        raise refusal("FICHIER_DANGEREUX", reason="il contient des entités XML")


def _problem(error: expat.ExpatError) -> FileProblem:
    cut = (
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    )
    return refusal("FICHIER_TRONQUE") if error.code in cut else refusal("XML_INVALIDE", line=error.lineno)
