"""Fields that obey scopes: an object one may not see and an object that does not exist are the same (T3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from hub.core.access import find
from hub.core.actor import Actor
from hub.core.errors import SignInRequired
from hub.core.gate import current_actor

UNKNOWN = "Identifiant inconnu."
_READY: dict[type[serializers.BaseSerializer[Any]], serializers.BaseSerializer[Any]] = {}


class VisibleField(serializers.UUIDField):
    """The UUID of a row the actor sees, given back as the row itself, with `related` joined."""

    def __init__(self, model: type[Model], *, related: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.model, self.related = model, related
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The row; raises ValidationError, with one sentence for unknown and foreign ids alike."""
        found = find(acting(), self.model, super().to_internal_value(data), *self.related)
        if found is None:
            raise serializers.ValidationError(UNKNOWN, code="unknown")
        return found


class ReferenceSerializer(serializers.Serializer[Any]):
    """An object named elsewhere: its id and its name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


def ready(form: type[serializers.BaseSerializer[Any]]) -> Any:
    """The one instance of `form` in this process: fields know no request and are made once, not at every call.

    For `to_representation` and `run_validation`, which keep nothing between two calls.
    """
    return _READY.get(form) or _READY.setdefault(form, form())


def represent(form: type[serializers.BaseSerializer[Any]], row: Any) -> dict[str, Any]:
    """What `form` shows of a row."""
    shown: dict[str, Any] = ready(form).to_representation(row)
    return shown


def acting() -> Actor:
    """Who acts, for fields and views; raises `SignInRequired` outside the gate."""
    actor = current_actor()
    if actor is None:
        raise SignInRequired
    return actor


def reference(row: Any) -> dict[str, Any] | None:
    """Id and name of an organisation, a team, a service, a member… or null."""
    return {"id": row.pk, "name": str(row)} if row is not None else None
