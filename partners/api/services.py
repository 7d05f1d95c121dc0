"""`services/`: the directory for machines, with the search and the gestures of the screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import can
from hub.core.actor import Actor
from hub.core.errors import NotVisible, Refused
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import represent
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route
from partners.models import Service, Structure
from partners.selectors.directory.asked import KEPT, asked_by
from partners.selectors.directory.records import get_service
from partners.selectors.directory.search import search_services
from partners.serializers_services import (
    ServiceEdit,
    ServiceInput,
    ServiceOutput,
    ServiceQuery,
    ServiceSearchPage,
    StructureEdit,
    StructureOutput,
)
from partners.services.directory.structures import edit_structure
from partners.services.directory.writing import (
    archive_service,
    create_service,
    edit_service,
    publish_service,
    verify_service,
)


@extend_schema(tags=["services"])
class ServicesView(ApiView):
    @reads("Chercher un service", ServiceSearchPage(), query=ServiceQuery)
    def get(self, request: Request) -> Response:
        """Published services by words, theme, place…; with counts."""
        asked = self.query(ServiceQuery)
        owner = asked.pop("organization", None)
        wanted = asked_by({name: str(value) for name, value in asked.items() if name in KEPT})
        found = search_services(self.actor, wanted, after=asked["cursor"], size=asked["page_size"], organization=owner)
        return Response(
            {
                "count": found.total,
                "next": self._next(found.page.next),
                "results": [_shown(row) for row in found.page.rows],
                "facets": {token: count for token, count in found.counts.items() if token[1] == ":"},
                "instead": found.instead,
            }
        )

    @writes("Décrire un service d'un organisme", body=ServiceInput, answer=ServiceOutput, status=201)
    def post(self, request: Request) -> Response:
        """Published at once unless it is a draft."""
        given = self.input(ServiceInput)
        _check(self.actor, "service.create", given["organization"], owner=given["organization"].pk)
        made = create_service(self.actor, **given)
        return Response(_one(self, made.pk), status=201)


@extend_schema(tags=["services"])
class ServiceView(ApiView):
    @reads("Un service", ServiceOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One service."""
        return Response(_one(self, pk))

    @writes("Modifier un service", body=ServiceEdit, answer=ServiceOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is given changes; who writes it has just verified it."""
        service = _mine(self.actor, pk, "service.edit")
        edit_service(self.actor, service=service, **self.input(ServiceEdit))
        return Response(_one(self, pk))


@extend_schema(tags=["services"])
class StructureView(ApiView):
    @reads("La structure qui propose un service", StructureOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """404 when an organisation of the network offers it."""
        return Response(represent(StructureOutput, _structure(get_service(self.actor, pk))))

    @writes("Modifier la structure qui propose un service", body=StructureEdit, answer=StructureOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is given changes; its services are found by it."""
        service = get_service(self.actor, pk)
        structure = _structure(service)
        _check(self.actor, "service.edit", structure, owner=service.organization_id)
        edited = edit_structure(self.actor, structure=structure, **self.input(StructureEdit))
        return Response(represent(StructureOutput, edited))


class _Gesture(ApiView):
    """One gesture on one service."""

    action: Any
    rule: str

    def _perform(self, pk: UUID) -> Response:
        type(self).action(self.actor, service=_mine(self.actor, pk, self.rule))
        return Response(_one(self, pk))


@extend_schema(tags=["services"])
class VerifyView(_Gesture):
    action, rule = staticmethod(verify_service), "service.verify"

    @writes("Toujours valable", answer=ServiceOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """What is written is true today."""
        return self._perform(pk)


@extend_schema(tags=["services"])
class PublishView(_Gesture):
    action, rule = staticmethod(publish_service), "service.publish"

    @writes("Publier un brouillon ou un service archivé", answer=ServiceOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Shown to everybody."""
        return self._perform(pk)


@extend_schema(tags=["services"])
class ArchiveView(_Gesture):
    action, rule = staticmethod(archive_service), "service.edit"

    @writes("Ne plus proposer un service", answer=ServiceOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """It leaves the directory; its referrals stay."""
        return self._perform(pk)


def _mine(actor: Actor, pk: UUID, rule: str) -> Service:
    """A service one may act on; 404 for those of others, 403 inside one's own organisation."""
    service = get_service(actor, pk)
    _check(actor, rule, service, owner=service.organization_id)
    return service


def _check(actor: Actor, rule: str, obj: Any, *, owner: UUID | None) -> None:
    if not can(actor, rule, obj):
        raise Refused if owner == actor.organization_id else NotVisible


def _structure(service: Service) -> Structure:
    if service.structure is None:
        raise NotVisible
    return service.structure


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return _shown(get_service(view.actor, pk))


def _shown(service: Service) -> dict[str, Any]:
    return represent(ServiceOutput, service)


urlpatterns = [
    route("services/", ServicesView.as_view(), name="api_services", access=MEMBER),
    route("services/<uuid:pk>/", ServiceView.as_view(), name="api_service", access=MEMBER),
    route("services/<uuid:pk>/structure/", StructureView.as_view(), name="api_service_structure", access=MEMBER),
    route("services/<uuid:pk>/verify/", VerifyView.as_view(), name="api_service_verify", access=MEMBER),
    route("services/<uuid:pk>/publish/", PublishView.as_view(), name="api_service_publish", access=MEMBER),
    route("services/<uuid:pk>/archive/", ArchiveView.as_view(), name="api_service_archive", access=MEMBER),
]
