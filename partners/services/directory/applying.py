"""What a confirmed file of the directory does, from its analysed lines alone, and how it is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from hub.core.actor import Actor
from hub.core.text import fold
from partners.models import ImportJob, ImportRow, Service, ServiceJournal, Structure
from partners.models.files import Verdict
from partners.models.services import ServiceState
from partners.services.directory.index import finish, index, prepare
from partners.services.directory.writing import set_values

BLOCK = 500
WRITES = (Verdict.CREATED, Verdict.CHANGED)
T = TypeVar("T")


def apply_lines(actor: Actor, job: ImportJob) -> None:
    """Structures first, then services; each change leaves a line in the journal that names the file."""
    rows = ImportRow.objects.filter(job=job, verdict__in=WRITES).order_by("line", "id")
    for block in _blocks(rows.filter(data__of="structure")):
        _write_structures(job, block)
    for block in _blocks(rows.filter(data__of="service")):
        _write_services(actor, job, block)


def take_back_lines(actor: Actor, job: ImportJob) -> dict[str, int]:
    """What the file created is archived, what it changed or dropped is as before; what changed since stays, counted."""
    counts = {"undone": 0, "left": 0}
    for block in _blocks(ServiceJournal.objects.filter(job_id=job.pk).order_by("service_id")):
        later = set(
            ServiceJournal.objects.filter(service__in=[one.service_id for one in block], at__gt=job.applied_at)
            .exclude(job_id=job.pk)
            .values_list("service_id", flat=True)
        )
        mine = {one.service_id: one for one in block if one.service_id not in later}
        counts["left"] += len(block) - len(mine)
        counts["undone"] += len(mine)
        _restore(actor, job, mine)
    return counts


def _restore(actor: Actor, job: ImportJob, notes: dict[Any, ServiceJournal]) -> None:
    rows = list(Service.objects.filter(pk__in=notes).select_related("organization", "structure"))
    for row in rows:
        note = notes[row.pk]
        if note.name == "imported":
            row.state = ServiceState.ARCHIVED
        elif note.name == "dropped":
            row.state = ServiceState.PUBLISHED
        else:
            set_values(row, {name: _value(name, before) for name, (before, _) in note.changes.items()})
        row.save()
    index(rows)
    note_lines(actor, job, [(row, "restored", {}) for row in rows], job_id=None, user_id=job.undone_by_id)


def _write_structures(job: ImportJob, rows: list[ImportRow]) -> None:
    former = _former(Structure.objects.filter(department_id=job.department_id), rows)
    new: list[Structure] = []
    changed: list[Structure] = []
    for row in rows:
        data = row.data
        one = former.get((data["source"], data["id"])) or Structure(
            department_id=job.department_id, source=data["source"], source_id=data["id"]
        )
        set_values(one, _values(data))
        one.search_name = fold(one.name)[:150]
        (new if one._state.adding else changed).append(one)
    Structure.objects.bulk_create(new)
    for one in changed:
        one.save()


def _write_services(actor: Actor, job: ImportJob, rows: list[ImportRow]) -> None:
    structures = _structures(job, rows)
    former = _former(Service.objects.filter(department_id=job.department_id), rows)
    new: list[Service] = []
    changed: list[Service] = []
    notes: list[tuple[Service, str, Any]] = []
    for row in rows:
        data = row.data
        one = former.get((data["source"], data["id"]))
        if one is None:
            one = _new(actor, job, data, structures[data["source"], data["structure_id"]])
            new.append(one)
            notes.append((one, "imported", {}))
        else:
            changes = set_values(one, _values(data))
            changed.append(one)
            notes.append((one, "updated", changes))
        one.verified_on = one.updated_on or actor.today
    prepare([*new, *changed])
    Service.objects.bulk_create(new)
    for one in changed:
        one.save()
    finish([*new, *changed])
    note_lines(actor, job, notes, job_id=job.pk, user_id=job.confirmed_by_id)


def _new(actor: Actor, job: ImportJob, data: dict[str, Any], structure: Structure) -> Service:
    """Made by hand, or not described: somebody completes and publishes it."""
    one = Service(
        department_id=job.department_id,
        source=data["source"],
        source_id=data["id"],
        structure=structure,
        organization_id=structure.organization_id,
    )
    set_values(one, _values(data))
    draft = data["by_hand"] or not one.description
    one.state = ServiceState.DRAFT if draft else ServiceState.PUBLISHED
    one.published_at = None if draft else actor.now
    return one


def _structures(job: ImportJob, rows: list[ImportRow]) -> dict[tuple[str, str], Structure]:
    """The structures of these services; those only named by a table made by hand are written now."""
    wanted = {(row.data["source"], row.data["structure_id"]): row.data for row in rows}
    mine = Structure.objects.filter(department_id=job.department_id)
    by_id = {one.source_id: one for one in mine.filter(source_id__in=[key for _, key in wanted])}
    for (source, key), data in wanted.items():
        if key not in by_id:
            name = data["structure"]
            by_id[key] = Structure.objects.create(
                department_id=job.department_id, source=source, source_id=key, name=name, search_name=fold(name)[:150]
            )
    return {(source, key): by_id[key] for source, key in wanted}


def _former(rows: QuerySet[Any], lines: list[ImportRow]) -> dict[tuple[str, str], Any]:
    found = rows.filter(source_id__in=[line.data["id"] for line in lines])
    return {(one.source, one.source_id): one for one in found}


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in data["values"].items()}


def _value(name: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if name in ("updated_on", "verified_on") and value else value


def note_lines(
    actor: Actor, job: ImportJob, notes: list[tuple[Service, str, Any]], *, job_id: Any, user_id: UUID | None
) -> None:
    """A line in the history of each service: what happened to it, by whom, from which file."""
    ServiceJournal.objects.bulk_create(
        ServiceJournal(
            department_id=job.department_id,
            service=service,
            name=name,
            source=service.state,
            target=service.state,
            at=actor.now,
            user_id=user_id,
            organization_id=job.organization_id,
            job_id=job_id,
            changes=changes,
        )
        for service, name, changes in notes
    )


def _blocks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    source = rows.iterator(BLOCK)
    while block := list(islice(source, BLOCK)):
        yield block
