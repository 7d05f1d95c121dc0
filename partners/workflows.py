"""From which state to which, of what partners offer."""

from __future__ import annotations

from hub.core.workflow import Transition, Workflow
from partners.models import ServiceJournal
from partners.models.services import ServiceState

DRAFT, PUBLISHED, ARCHIVED = ServiceState.DRAFT, ServiceState.PUBLISHED, ServiceState.ARCHIVED

SERVICE = Workflow(
    [
        Transition.of("publish", {DRAFT, ARCHIVED}, PUBLISHED, "Publié"),
        Transition.of("archive", {DRAFT, PUBLISHED}, ARCHIVED, "Archivé"),
        Transition.of("merge", {DRAFT, PUBLISHED}, ARCHIVED, "Fusionné"),
    ],
    log=ServiceJournal,
    log_parent="service",
)
