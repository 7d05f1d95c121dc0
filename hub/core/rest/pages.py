"""What a list takes and gives, described once for the views and for OpenAPI."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

DEFAULT_SIZE, LARGEST_SIZE = 25, 100


class PageSize(serializers.IntegerField):
    """1 to 100 rows; more asked is 100 given."""

    def to_internal_value(self, data: Any) -> int:
        return min(super().to_internal_value(data), LARGEST_SIZE)


class PageQuery(serializers.Serializer[Any]):
    """Every list takes these two; filters are added by subclasses."""

    cursor = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=2000, help_text="Repris de l'adresse `next`."
    )
    page_size = PageSize(
        required=False,
        default=DEFAULT_SIZE,
        min_value=1,
        help_text=f"{LARGEST_SIZE} au plus ; {DEFAULT_SIZE} par défaut.",
    )


@cache
def page_of(item: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """The shape of a page of these items, for OpenAPI."""
    name = item.__name__.removesuffix("Output")
    return inline_serializer(
        name=f"{name}Page",
        fields={
            "count": serializers.IntegerField(help_text="Nombre exact de lignes, toutes pages confondues."),
            "next": serializers.URLField(allow_null=True, help_text="Adresse de la page suivante, ou null."),
            "results": item(many=True),
        },
    )
