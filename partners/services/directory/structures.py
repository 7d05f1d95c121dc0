"""What is said of who offers services, when a file of elsewhere said it first."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import fold
from partners.inclusion import STRUCTURE_FIELDS, cleaned
from partners.models import Structure
from partners.services.directory.index import index
from partners.services.directory.writing import ROWS_JOINED, note, set_values

WRITTEN = frozenset(STRUCTURE_FIELDS.values())


@transaction.atomic
def edit_structure(actor: Actor, *, structure: Structure, **written: Any) -> Structure:
    """Change what is said of a structure: its services are found by it, and keep it in their history.

    `written`: fields of `WRITTEN`. Raises `Invalid` for a value that makes no sense.
    """
    require(actor, "service.edit", structure)
    if unknown := written.keys() - WRITTEN:
        raise TypeError(f"not part of a structure: {', '.join(sorted(unknown))}")
    values, wrong = cleaned(written, today=actor.today)
    if wrong:
        raise Invalid(fields={name: f"{said[0].upper()}{said[1:]}." for name, said in wrong.items()})
    structure = Structure.objects.select_for_update(of=("self",)).get(pk=structure.pk)
    changes = set_values(structure, values)
    if not changes:
        return structure
    structure.search_name, structure.updated_on = fold(structure.name)[:150], actor.today
    structure.save()
    rows = list(structure.services.select_related(*ROWS_JOINED))
    index(rows)
    for row in rows:
        note(actor, row, "structure_edited", changes=changes)
    return structure
