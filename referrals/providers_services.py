"""On a person's file: what stands in the way, and the services near her that answer it."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.slots import TimelineEntry, provide
from partners.models import Service
from referrals.models import Barrier, BarrierNote
from referrals.panels import Panel, PanelLine
from referrals.selectors.files import PersonFile
from referrals.selectors.suggested import barriers_of, directory_url, referral_url, suggested_services

MOST = 50  # entries of one provider
NOTHING_NEAR = "Aucun service proche qui reçoit des orientations ne répond à ces freins : cherchez dans le répertoire."
NOTHING_NOTED = "Notez les freins (menu « Plus ») : les services proches s'afficheront ici."


@provide("person.timeline")
def barriers_noted(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """What was noted to be in the way, and when."""
    if not file.supported:
        return
    for one in visible(actor, BarrierNote).filter(beneficiary=file.person).select_related("noted_by")[:MOST]:
        detail = ", ".join(Barrier(code).label for code in one.barriers) or "Plus rien à signaler"
        yield TimelineEntry(
            one.noted_at, "Freins notés", detail=detail, by=str(one.noted_by or ""), icon="construction"
        )


@provide("person.panels")
def services_for(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Services that answer the barriers noted, of organisations that receive referrals; each leads to one."""
    if not file.supported or file.person.died_on or not can(actor, "referral.compose", file.person):
        return
    note = barriers_of(actor, file.person)
    found = suggested_services(actor, file.person, note) if note else []
    lines = [
        PanelLine(one.name, _detail(one), url=referral_url(file.person, one), action="Orienter vers ce service")
        for one in found
    ]
    said = ", ".join(Barrier(code).label.partition(" :")[0].lower() for code in note.barriers) if note else ""
    empty = NOTHING_NEAR if said else NOTHING_NOTED
    yield Panel("Services proches", "book-open", lines, empty, note=said, more=directory_url(file.person))


def _detail(service: Service) -> str:
    """Who offers it, where, how far."""
    metres: int | None = getattr(service, "metres", None)
    far = "" if metres is None else f"à {round(metres / 1000)} km" if metres >= 1000 else "à moins d'1 km"
    return " · ".join(filter(None, (str(service.organization), service.city, far)))
