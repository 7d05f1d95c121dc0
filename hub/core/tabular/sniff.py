"""What a file is, decided on its bytes and never on its name."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from hub.core.tabular.limits import MEBIBYTE, Limits
from hub.core.tabular.problems import FileProblem, refusal

Container = Literal["text", "zip", "xml"]
Source = BinaryIO | Path

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATORS = ";,|\t"
_QUOTED = re.compile(r'"[^"]*"')
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NOT_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"BEGIN:VCALENDAR",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
)
# Bytes that no text file holds: controls other than tab, line ends, form feed, escape and DOS end of file.
_BINARY = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})
_WORST_BINARY_SHARE = 0.001


class TextShape(NamedTuple):
    """Encoding of a text file, whether some bytes had no meaning in it, how many lines it has, whether NUL may be in
    them."""

    encoding: str
    lossy: bool
    lines: int
    nul: bool


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The bytes of `source` from their start; a path is closed after, a file given open is left open."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        source.seek(0)
        yield source


def container(file: BinaryIO, limits: Limits) -> Container:
    """Kind of container of `file`. Raises FileProblem on an empty, oversized, legacy or foreign file."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > limits.file_bytes:
        raise too_big(f"{size // MEBIBYTE} Mo", f"{limits.file_bytes // MEBIBYTE} Mo")
    head = file.read(4096)
    file.seek(0)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise refusal("FICHIER_VIDE")
    if head.startswith(_OLD_OFFICE):
        raise refusal("FICHIER_XLS")
    if head.startswith(_NOT_TABLES):
        raise refusal("FICHIER_ILLISIBLE")
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    start = head.decode("utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "latin-1", "replace")
    return "xml" if start.lstrip("ï»¿ \t\r\n").startswith("<") else "text"


def too_big(found: str, limit: str, advice: str = "") -> FileProblem:
    """The refusal of a file over a limit."""
    return refusal("FICHIER_TROP_GROS", found=found, limit=limit, advice=advice or "Découpez-le en plusieurs fichiers.")


def text_shape(file: BinaryIO, limits: Limits) -> TextShape:
    """Encoding by BOM, then strict UTF-8, then Windows-1252; one pass over the bytes, flat memory.

    Raises FileProblem on binary content or too many lines.
    """
    head = file.read(4)
    file.seek(0)
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    decoder = codecs.getincrementaldecoder("utf-8")() if encoding in (None, "utf-8-sig") else None
    lines = strange = total = 0
    nul = encoding == "utf-16"
    while chunk := file.read(MEBIBYTE):
        total += len(chunk)
        nul = nul or b"\0" in chunk
        lines += chunk.count(b"\n") or chunk.count(b"\r")
        if lines > limits.text_rows + 10:
            raise too_big(f"plus de {limits.text_rows} lignes", f"{limits.text_rows} lignes")
        if encoding != "utf-16":
            strange += len(chunk) - len(chunk.translate(None, _BINARY))
            if strange > max(8, total * _WORST_BINARY_SHARE):
                raise refusal("FICHIER_ILLISIBLE")
        if decoder is not None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder = None
    file.seek(0)
    if encoding == "utf-16":
        return TextShape(encoding, False, lines, nul)
    if decoder is not None and not decoder.getstate()[0]:
        return TextShape(encoding or "utf-8", False, lines, nul)
    return TextShape("cp1252", _has_undefined_bytes(file), lines, nul)


def _has_undefined_bytes(file: BinaryIO) -> bool:
    undefined = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
    found = False
    while not found and (chunk := file.read(MEBIBYTE)):
        found = len(chunk.translate(None, undefined)) != len(chunk)
    file.seek(0)
    return found


def separator(first_lines: list[str]) -> str:
    """The separator found the same number of times, outside quotes, on most of the first lines; `;` wins ties."""
    bare = [_QUOTED.sub("", line) for line in first_lines]

    def regularity(sign: str) -> tuple[int, int]:
        counts = Counter(found for line in bare if (found := line.count(sign)))
        return max(((lines, found) for found, lines in counts.items()), default=(0, 0))

    return max(_SEPARATORS, key=regularity)
