"""The directory as data·inclusion v1: what leaves it, and what of it anybody may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from partners.inclusion import LONGEST_TEXT, SERVICE_FIELDS, SHORTEST_NAME, SHORTEST_TEXT, STRUCTURE_FIELDS
from partners.models import Organization, Service, Structure

NOWHERE = (".invalid", ".test", ".example", ".localhost", ".local")


def as_inclusion(services: Iterable[Service], *, today: date, code: str) -> dict[str, list[dict[str, Any]]]:
    """`{"structures": […], "services": […]}` valid against the schema; what only we know is left out.

    `code`: of the Département, the source of what was written here.
    """
    source = f"pacte-{code}"
    structures: dict[str, dict[str, Any]] = {}
    shown = []
    for service in services:
        if len(service.name) < SHORTEST_NAME:
            continue
        provider = _structure(service, source, today)
        structures.setdefault(provider["id"], provider)
        shown.append(_service(service, source, provider["id"], today))
    return {"structures": list(structures.values()), "services": shown}


def _service(service: Service, source: str, structure_id: str, today: date) -> dict[str, Any]:
    said = _said(service, SERVICE_FIELDS)
    given = service.source or source
    said |= {
        "source": given,
        "id": service.source_id or f"{given}--{service.pk}",
        "structure_id": structure_id,
        "date_maj": (service.updated_on or today).isoformat(),
        "description": _description(service),
    }
    return said


def _structure(service: Service, source: str, today: date) -> dict[str, Any]:
    """As its file described it, else the organisation of the network."""
    if service.structure is not None:
        return _described(service.structure, source, today)
    assert service.organization is not None
    return _organization(service.organization, source, today)


def _described(structure: Structure, source: str, today: date) -> dict[str, Any]:
    given = structure.source or source
    said = _said(structure, STRUCTURE_FIELDS)
    return said | {
        "source": given,
        "id": structure.source_id or f"{given}--{structure.pk}",
        "date_maj": (structure.updated_on or today).isoformat(),
    }


def _organization(organization: Organization, source: str, today: date) -> dict[str, Any]:
    said = {
        "source": source,
        "id": f"{source}--{organization.pk}",
        "nom": organization.name,
        "date_maj": today.isoformat(),
        "siret": organization.siret,
        "telephone": organization.phone,
        "courriel": organization.email,
        "commune": organization.city,
    }
    return {name: value for name, value in said.items() if value and not _is_nowhere(name, value)}


def _said(row: Service | Structure, fields: dict[str, str]) -> dict[str, Any]:
    """What a row says, in the words of the schema; sets as sorted lists; nothing that is empty."""
    found = {theirs: getattr(row, ours) for theirs, ours in fields.items()}
    return {
        name: sorted(value) if isinstance(value, list) and name != "zone_eligibilite" else value
        for name, value in found.items()
        if value not in (None, "", []) and name != "date_maj" and not _is_nowhere(name, value)
    }


def _is_nowhere(name: str, value: Any) -> bool:
    """An address in a name reserved for inventions, which the schema refuses."""
    return name == "courriel" and value.endswith(NOWHERE)


def _description(service: Service) -> str:
    """The schema wants one: a service that has none says its name and who offers it."""
    text = service.description or f"{service.name}, par {service.provider.name}"
    return text[:LONGEST_TEXT] if len(text) >= SHORTEST_TEXT else f"{text} : service"
