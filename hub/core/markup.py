"""HTML written in Python where a page holds dozens of the same: every value is escaped, as in a template."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString


def fill(template: str, *values: Any) -> SafeString:
    """As `format_html`, several times faster for plain words. `template` is ours, never built from data."""
    return SafeString(template.format(*[_escaped(value) for value in values]))


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Parts one after the other, each already HTML."""
    return SafeString("".join([_escaped(part) for part in parts]))


def _escaped(value: Any) -> str:
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
