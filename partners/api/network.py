"""The network for machines: who am I, which organisations, what they offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, visible
from hub.core.rest.doc import reads
from hub.core.rest.fields import reference
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.views import ApiView
from hub.core.text import fold
from hub.core.urls import MEMBER, route
from partners.models import Membership, Organization, Team, Territory
from partners.serializers import (
    MeOutput,
    OfOrganizationQuery,
    OrganizationOutput,
    OrganizationQuery,
    TeamOutput,
    TerritoryOutput,
)


@extend_schema(tags=["me"])
class MeView(ApiView):
    @reads("Qui agit avec cette clé", MeOutput)
    def get(self, request: Request) -> Response:
        """The membership of the actor."""
        me = get_visible(
            self.actor, Membership, str(self.actor.membership_id), "user", "organization__kind", "department", "team"
        )
        shown = {
            "user": reference(me.user),
            "email": me.user.email,
            "membership_id": me.pk,
            "organization": me.organization,
            "department": me.department,
            "team": reference(me.team),
            "role": me.role,
            "functions": me.functions,
            "territories": list(me.territories.all()),
        }
        return Response(MeOutput(shown).data)


@extend_schema(tags=["organizations"])
class OrganizationsView(ApiView):
    @reads("Chercher un organisme du Département", page_of(OrganizationOutput), query=OrganizationQuery)
    def get(self, request: Request) -> Response:
        """Organisations by words of their name or city, by kind."""
        asked = self.query(OrganizationQuery)
        found = visible(self.actor, Organization).select_related("kind")
        for word in fold(f"{asked['search']} {asked['q']}").split():
            found = found.filter(Q(search_name__contains=word) | Q(city__icontains=word))
        if asked["kind"]:
            found = found.filter(kind_id=asked["kind"])
        return self.page(found, order=("search_name", "id"), form=OrganizationQuery, show=_listed(OrganizationOutput))


@extend_schema(tags=["organizations"])
class OrganizationView(ApiView):
    @reads("Un organisme", OrganizationOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One organisation."""
        return Response(OrganizationOutput(get_visible(self.actor, Organization, pk, "kind")).data)


@extend_schema(tags=["organizations"])
class TeamsView(ApiView):
    @reads("Les équipes des organismes (CMS, agences…)", page_of(TeamOutput), query=OfOrganizationQuery)
    def get(self, request: Request) -> Response:
        """Teams, of one organisation or of all."""
        found = visible(self.actor, Team)
        if organization := self.query(OfOrganizationQuery).get("organization"):
            found = found.filter(organization=organization)
        return self.page(found, order=("name", "id"), form=OfOrganizationQuery, show=_listed(TeamOutput))


@extend_schema(tags=["organizations"])
class TerritoriesView(ApiView):
    @reads("Les territoires du Département", page_of(TerritoryOutput), query=PageQuery)
    def get(self, request: Request) -> Response:
        """Territories."""
        found = visible(self.actor, Territory)
        return self.page(found, order=("code", "id"), form=PageQuery, show=_listed(TerritoryOutput))


def _listed(serializer: Any) -> Any:
    return lambda rows: serializer(rows, many=True).data


urlpatterns = [
    route("me/", MeView.as_view(), name="api_me", access=MEMBER),
    route("organizations/", OrganizationsView.as_view(), name="api_organizations", access=MEMBER),
    route("organizations/<uuid:pk>/", OrganizationView.as_view(), name="api_organization", access=MEMBER),
    route("teams/", TeamsView.as_view(), name="api_teams", access=MEMBER),
    route("territories/", TerritoriesView.as_view(), name="api_territories", access=MEMBER),
]
