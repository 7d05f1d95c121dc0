"""One service written twice: shown, then merged by the Département; what pointed at the double still does."""

from __future__ import annotations

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Service
from partners.models.services import SENT_TO
from partners.services.directory.index import finish, prepare
from partners.services.directory.writing import WRITTEN, locked, note, set_values
from partners.workflows import SERVICE


@transaction.atomic
def merge_services(actor: Actor, *, duplicate: Service, into: Service) -> Service:
    """Keep one service for two: what it does not say is taken from its double, which leaves the directory.

    Raises `Invalid` when they are the same row or of two Départements, `InvalidTransition` when the double is archived.
    """
    require(actor, "service.moderate", duplicate)
    if duplicate.pk == into.pk or duplicate.department_id != into.department_id:
        raise Invalid("Choisissez deux services différents du même Département.")
    if duplicate.nature not in SENT_TO or into.nature not in SENT_TO:
        raise Invalid("Une action collective ne se fusionne pas : des personnes y sont inscrites.")
    kept = locked(into.pk)
    if kept.merged_into_id:
        raise Invalid("Ce service a lui-même été fusionné dans un autre.")
    SERVICE.perform(duplicate, "merge", by=actor, merged_into=kept, note=kept.name)
    missing = [name for name in sorted(WRITTEN - {"name", "public", "sensitive"}) if not getattr(kept, name)]
    values = {name: getattr(duplicate, name) for name in missing}
    changes = set_values(kept, values | {"sensitive": kept.sensitive or duplicate.sensitive})
    prepare([kept])
    kept.save()
    finish([kept])
    note(actor, kept, "merged", changes=changes)
    return kept
