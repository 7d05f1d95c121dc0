"""Models of action: kept from an action, started from, forgotten."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from collective_actions.models import ActionModel, CollectiveAction
from collective_actions.services.actions.writing import create_action
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Organization

OF_ACTION = ("need", "objective", "evaluation", "series", "sheet_title", "audience")
OF_SERVICE = ("description", "themes", "audiences", "audience_details", "conditions", "fee")


@transaction.atomic
def keep_model(actor: Actor, *, action: CollectiveAction, name: str, shared: bool = False) -> ActionModel:
    """Keep what an action says for others to start from; again under the same name replaces it. Raises `Invalid`."""
    require(actor, "action.edit", action)
    if not name.strip():
        raise Invalid("Donnez un nom au modèle.", fields={"name": "Donnez un nom au modèle."})
    content = {field: getattr(action, field) for field in OF_ACTION}
    content |= {field: getattr(action.service, field) for field in OF_SERVICE}
    model, _ = ActionModel.objects.update_or_create(
        department_id=actor.department_id,
        organization_id=actor.organization_id,
        name=name.strip()[:150],
        defaults={"shared": shared, "content": content},
        create_defaults={
            "shared": shared,
            "content": content,
            "created_by_id": actor.user_id,
            "created_at": actor.now,
        },
    )
    return model


@transaction.atomic
def start_from(
    actor: Actor, *, model: ActionModel, organization: Organization, name: str, **changed: Any
) -> CollectiveAction:
    """A draft that says what the model says, but for what is `changed`. Raises `Invalid` as `create_action`."""
    said = {field: model.content[field] for field in (*OF_ACTION, *OF_SERVICE) if field in model.content}
    return create_action(actor, organization=organization, name=name, **(said | changed))


@transaction.atomic
def forget_model(actor: Actor, *, model: ActionModel) -> None:
    """Nobody starts from it any more; actions made from it stay."""
    require(actor, "model.forget", model)
    model.delete()
