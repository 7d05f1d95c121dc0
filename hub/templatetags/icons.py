"""Inline lucide icons, drawn once per process."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide


@lru_cache(maxsize=512)
def svg(name: str, size: int = 18) -> SafeString:
    """The icon as SVG text; raises `lucide.IconDoesNotExist` for a misspelt name."""
    return SafeString(" ".join(lucide(name, size=size, **{"class": "icon", "aria_hidden": "true"}).split()))
