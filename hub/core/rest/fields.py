"""Fields that obey scopes: an object one may not see and an object that does not exist are the same (T3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from hub.core.access import visible

UNKNOWN = "Identifiant inconnu."
_READY: dict[type[serializers.BaseSerializer[Any]], serializers.BaseSerializer[Any]] = {}


class VisibleField(serializers.UUIDField):
    """The UUID of a row the actor sees, given back as the row itself, with `related` joined."""

    def __init__(self, model: type[Model], *, related: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.model, self.related = model, related
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The row; raises ValidationError, with one sentence for unknown and foreign ids alike."""
        rows = visible(self.context["actor"], self.model).filter(pk=super().to_internal_value(data))
        found = (rows.select_related(*self.related) if self.related else rows).first()
        if found is None:
            raise serializers.ValidationError(UNKNOWN, code="unknown")
        return found


class ReferenceSerializer(serializers.Serializer[Any]):
    """An object named elsewhere: its id and its name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


def represent(form: type[serializers.BaseSerializer[Any]], row: Any) -> dict[str, Any]:
    """What `form` shows of a row. Its fields need no request and are made once, not again for every answer."""
    ready = _READY.get(form) or _READY.setdefault(form, form())
    shown: dict[str, Any] = ready.to_representation(row)
    return shown


def reference(row: Any) -> dict[str, Any] | None:
    """Id and name of an organisation, a team, a service, a member… or null."""
    return {"id": row.pk, "name": str(row)} if row is not None else None
