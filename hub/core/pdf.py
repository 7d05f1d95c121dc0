"""PDF by typst: tagged PDF/UA-1, in French. Data travel as JSON (`sys.inputs.data`), never joined into the source.

The fonts that come with typst write Latin, Greek and Cyrillic; PDF/UA refuses a character without a glyph, and typst
itself breaks off on some others: they are taken away before it sees them, so that no name can stop a document.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.core.serializers.json import DjangoJSONEncoder

STANDARD: Literal["ua-1"] = "ua-1"
_FOREIGN = re.compile(
    "[^\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u04ff"
    "\u1e00-\u1eff\u2010-\u2027\u202f\u2030-\u203a\u20ac\u2116\u2122]"
)
_SILENT = ("Mn", "Cc", "Cf")  # accents left alone, controls, marks of direction: nothing is missed without them


def render_pdf(source: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document of a typst source with these data; only the fonts typst brings, whatever the machine has."""
    return typst.compile(
        input=source.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(_printable_all(json.loads(json.dumps(data, cls=DjangoJSONEncoder))))},
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )


def forget() -> None:
    """Give back what typst keeps of the last documents, after a large one: it drops what ten others did not use."""
    for _ in range(11):
        typst.compile(input=b"", format="svg", ignore_system_fonts=True)


def printable(text: str) -> str:
    """`text` as it prints: what has no glyph becomes a question mark, what shows nothing goes."""
    return _FOREIGN.sub(_replacement, unicodedata.normalize("NFC", text))


def unprintable(text: str) -> list[str]:
    """The characters of a text that a document cannot write, each once, in order."""
    found = _FOREIGN.findall(unicodedata.normalize("NFC", text))
    return list(dict.fromkeys(one for one in found if _is_seen(one)))


def _replacement(match: re.Match[str]) -> str:
    return "?" if _is_seen(match[0]) else " " if match[0] == "\t" else ""


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _SILENT


def _printable_all(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable_all(one) for one in value]
    return {key: _printable_all(one) for key, one in value.items()} if isinstance(value, dict) else value
