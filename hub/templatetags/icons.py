"""Inline lucide icons, drawn once per process."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django.utils.safestring import SafeString
from lucide import IconDoesNotExist

NAMESPACE = "{http://www.w3.org/2000/svg}"


@lru_cache(maxsize=512)
def svg(name: str, size: int = 18) -> SafeString:
    """The icon as SVG text; raises `lucide.IconDoesNotExist` for a misspelt name."""
    try:
        drawing = ElementTree.fromstring(_drawings().read(f"{name}.svg"))  # noqa: S314 (the package is trusted)
    except KeyError as error:
        raise IconDoesNotExist(f"The icon {name!r} does not exist.") from error
    for node in drawing.iter():
        node.tag = node.tag.removeprefix(NAMESPACE)  # inline in HTML
    drawing.attrib |= {"width": str(size), "height": str(size), "class": "icon", "aria-hidden": "true"}
    return SafeString(" ".join(ElementTree.tostring(drawing, encoding="unicode").split()))


@cache
def _drawings() -> ZipFile:
    """The package's drawings, opened once: it opens them for each icon, thirty times on a first page."""
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
