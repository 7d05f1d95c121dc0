"""Keyset pages: a page costs the same at row 25 and at row 25 000, and never skips a row that moved."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

from hub.core.errors import Invalid

T = TypeVar("T", bound=Model)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows and the cursor of the next one ('' at the end)."""

    rows: list[Row]
    next: str


def paginate(queryset: QuerySet[T], *, order: tuple[str, ...], after: str = "", size: int = 25) -> Page[T]:
    """Rows after a cursor, in `order` (field names without nulls, `-` for descending, ending with a unique one).

    Raises `Invalid` when the cursor was not made by this function.
    """
    if after:
        queryset = queryset.filter(_beyond(order, read_cursor(after, len(order))))
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], _encode(rows[size - 1], order) if more else "")


def total(page: Page[T], queryset: QuerySet[T], *, after: str) -> int:
    """How many rows `queryset` has, exactly: nothing to ask when its first page is its last one."""
    return queryset.count() if after or page.next else len(page.rows)


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """(a, b) > (x, y) spelled for mixed directions: a > x, or a = x and b > y…"""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, operator = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= equal & Q(**{f"{field}__{operator}": value})
        equal &= Q(**{field: value})
    return condition


def _encode(row: Any, order: tuple[str, ...]) -> str:
    values = []
    for name in order:
        value = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value)
    return write_cursor(values)


class _Exact(DjangoJSONEncoder):
    """Microseconds matter in a cursor: Django's encoder cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def write_cursor(values: list[Any]) -> str:
    """Where a page ends, as an address holds it."""
    return base64.urlsafe_b64encode(json.dumps(values, cls=_Exact).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[Any]:
    """The values a cursor was written from. Raises `Invalid` when it is none of that many values."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error
    if not isinstance(values, list) or len(values) != length:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor")
    return values
