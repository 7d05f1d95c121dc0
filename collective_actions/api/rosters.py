"""`rosters/`: bring a list of trainees, read what its form says, send it to the Département."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.selectors.rosters import roster_file
from collective_actions.serializers.rosters import RosterInput, RosterOutput
from hub.core.access import require, visible
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from partners.models import ImportJob
from partners.models.files import ImportKind
from partners.services.imports import confirm_import, discard_import, receive_file
from referrals.api.moves import with_state
from referrals.serializers.referrals import Nothing


class RostersView(ApiView):
    parser_classes = [MultiPartParser]

    @reads("Listes de stagiaires apportées", page_of(RosterOutput), query=PageQuery)
    def get(self, request: Request) -> Response:
        """Latest first."""
        found = visible(self.actor, ImportJob).filter(kind=ImportKind.ROSTER).select_related("file", "organization")
        return self.page(
            found, order=("-created_at", "id"), form=PageQuery, show=lambda rows: [_shown(row) for row in rows]
        )

    @writes(
        "Apporter une liste de stagiaires",
        body=RosterInput,
        answer=RosterOutput,
        status=201,
        description="Rien n'est transmis avant confirmation : relisez la liste jusqu'à `analysed` ou `refused`. Les"
        " verdicts portent sur la forme des lignes seulement.",
    )
    def post(self, request: Request) -> Response:
        """Receive a file; it is read behind."""
        require(self.actor, "roster.bring")
        given = self.input(RosterInput)
        file = given.pop("file")
        job = receive_file(self.actor, kind=ImportKind.ROSTER.value, name=file.name, stream=file, **given)
        return Response(_one(self, job.pk), status=201)


class RosterView(ApiView):
    @reads("Une liste de stagiaires", RosterOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """Where the file is in its life."""
        return Response(_one(self, pk))


class RosterConfirmView(ApiView):
    @writes("Transmettre une liste lue", body=Nothing, answer=RosterOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """A person has read what its form says."""
        job = roster_file(self.actor, pk)
        with with_state(lambda: roster_file(self.actor, pk)):
            confirm_import(self.actor, job=job)
        return Response(_one(self, pk))


class RosterDiscardView(ApiView):
    @writes("Abandonner une liste : le fichier est détruit", body=Nothing, answer=RosterOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Give the file up."""
        job = roster_file(self.actor, pk)
        with with_state(lambda: roster_file(self.actor, pk)):
            discard_import(self.actor, job=job)
        return Response(_one(self, pk))


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return _shown(roster_file(view.actor, pk))


def _shown(job: ImportJob) -> dict[str, Any]:
    counts = job.counts
    said = {
        "id": job.pk, "name": job.file.name, "organization": reference(job.organization), "state": job.state,
        "created_at": job.created_at, "refusal": job.refusal, "duplicates": counts.get("duplicate", 0),
        "faults": [fault for fault in job.warnings if fault.startswith("Ligne ")],
    }  # fmt: skip
    said |= {name: counts.get(name, 0) for name in ("lines", "sessions", "rejected", "without_end")}
    return represent(RosterOutput, said)


LIST, BRING = "roster.list", "roster.bring"
urlpatterns = [
    route("rosters/", RostersView.as_view(), name="api_rosters", access=LIST),
    route("rosters/<uuid:pk>/", RosterView.as_view(), name="api_roster", access=LIST),
    route("rosters/<uuid:pk>/confirm/", RosterConfirmView.as_view(), name="api_roster_confirm", access=BRING),
    route("rosters/<uuid:pk>/discard/", RosterDiscardView.as_view(), name="api_roster_discard", access=BRING),
]
