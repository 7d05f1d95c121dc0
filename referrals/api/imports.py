"""`imports/`: bring a file, follow its life, read its verdicts, confirm or give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible
from hub.core.rest.doc import reads, writes
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from partners.importers import IMPORTERS
from partners.models import ImportJob, ImportRow
from partners.services.columns import choose_columns
from partners.services.corrections import correct_line
from partners.services.coverage import change_coverage
from partners.services.directory.dropped import archive_dropped
from partners.services.imports import confirm_import, discard_import, receive_file
from partners.services.undo import undo_import
from referrals.api.moves import with_state
from referrals.selectors.imports import import_columns, shown_audience, shown_counts
from referrals.serializers.imports import (
    ConfirmInput,
    CorrectionInput,
    CoverageInput,
    DiscardInput,
    ImportInput,
    ImportOutput,
    MappingInput,
    MappingOutput,
    RowOutput,
    RowQuery,
    UndoInput,
)
from referrals.serializers.referrals import Nothing

JOINED = ("file", "organization", "created_by", "territory")


class ImportsView(ApiView):
    parser_classes = [MultiPartParser]

    @reads("Fichiers apportés", page_of(ImportOutput), query=PageQuery)
    def get(self, request: Request) -> Response:
        """Imports one may follow, latest first."""
        found = visible(self.actor, ImportJob).select_related(*JOINED)
        return self.page(found, order=("-created_at", "id"), form=PageQuery, show=self.show)

    def show(self, jobs: list[ImportJob]) -> Any:
        return [_shown(self.actor, job) for job in jobs]

    @writes(
        "Apporter un fichier",
        body=ImportInput,
        answer=ImportOutput,
        status=201,
        description="Rien n'est appliqué avant confirmation. Le mois, le territoire et la nature d'une liste sont "
        "proposés par l'analyse (`proposals`) et se corrigent (PATCH) jusqu'à la confirmation. Relisez l'import "
        "jusqu'à `analysed` ou `refused`, puis confirmez. Un fichier déjà apporté donne 409 "
        "`FICHIER_DEJA_IMPORTE`, sauf avec `again`.",
    )
    def post(self, request: Request) -> Response:
        """Receive a file; its analysis runs behind."""
        require(self.actor, "import.list")
        given = self.input(ImportInput)
        file = given.pop("file")
        job = receive_file(self.actor, name=file.name, stream=file, **given)
        return Response(_one(self, job.pk), status=201)


class ImportView(ApiView):
    @reads("Un import : état, comptes, refus", ImportOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """Where the file is in its life."""
        return Response(_one(self, pk))

    @writes(
        "Dire ce que couvre la liste : le fichier est analysé à nouveau",
        body=CoverageInput,
        answer=ImportOutput,
        description="Avant confirmation seulement. `proposals` dit ce que le fichier semble être, et pourquoi.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is sent changes."""
        job = get_visible(self.actor, ImportJob, pk)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            change_coverage(self.actor, job=job, **self.input(CoverageInput))
        return Response(_one(self, pk))


class RowsView(ApiView):
    @reads("Le verdict de chaque ligne (Département)", page_of(RowOutput), query=RowQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        """Lines, in the order of the file."""
        job = get_visible(self.actor, ImportJob, pk)
        require(self.actor, "import.rows", job)
        found = visible(self.actor, ImportRow).filter(job=job)
        if verdict := self.query(RowQuery).get("verdict"):
            found = found.filter(verdict=verdict)
        return self.page(found, order=("line", "id"), form=RowQuery, show=lambda rows: RowOutput(rows, many=True).data)


class RowView(ApiView):
    @writes("Corriger une ligne avant application (Département)", body=CorrectionInput, answer=RowOutput)
    def patch(self, request: Request, pk: UUID, line: str) -> Response:
        """The line is read again by the same rules; the correction is kept and applies with the file."""
        job = get_visible(self.actor, ImportJob, pk)
        require(self.actor, "import.correct", job)
        if not (line.isascii() and line.isdigit() and len(line) < 9):
            raise NotVisible
        cells = self.input(CorrectionInput)["cells"]
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            row = correct_line(self.actor, job=job, line=int(line), cells=cells)
        return Response(RowOutput(row).data)


class MappingView(ApiView):
    @reads("Les colonnes du fichier et ce que chacune contient", MappingOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """As the file was understood."""
        job = get_visible(self.actor, ImportJob, pk)
        require(self.actor, "import.confirm", job)
        said = {"problem": job.refusal, "repair": job.repair, "columns": import_columns(job)}
        said["choices"] = dict(IMPORTERS[job.kind].choices)
        return Response(MappingOutput(said).data)

    @writes("Dire ce que contient chaque colonne : le fichier est analysé à nouveau", body=MappingInput,
            answer=ImportOutput)  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Remembered for the next files of this organisation with the same titles."""
        job = get_visible(self.actor, ImportJob, pk)
        given = self.input(MappingInput)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            choose_columns(self.actor, job=job, fields=given["columns"], repair=given["repair"])
        return Response(_one(self, pk))


class ConfirmView(ApiView):
    @writes(
        "Appliquer un import analysé",
        body=ConfirmInput,
        answer=ImportOutput,
        description="Tant que `guards` n'est pas vide, répond 409 `confirmation_required` jusqu'à ce que chaque nom "
        "soit dans `acknowledge_guards` et qu'un motif soit écrit.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """A person has read the analysis."""
        job = get_visible(self.actor, ImportJob, pk)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            confirm_import(self.actor, job=job, **self.input(ConfirmInput))
        return Response(_one(self, pk))


class DiscardView(ApiView):
    @writes(
        "Abandonner un import : rien n'est appliqué, le fichier est détruit", body=DiscardInput, answer=ImportOutput
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Give the file up."""
        job = get_visible(self.actor, ImportJob, pk)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            discard_import(self.actor, job=job, **self.input(DiscardInput))
        return Response(_one(self, pk))


class UndoView(ApiView):
    @writes(
        "Annuler un import appliqué depuis moins de 7 jours",
        body=UndoInput,
        answer=ImportOutput,
        description="Répond `undoing` : relisez l'import jusqu'à `undone`. Ce qui a changé depuis reste tel quel ; "
        "s'il n'a pas pu être annulé, il redevient `applied` et `refusal` dit pourquoi.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Everything goes back, unless changed since."""
        job = get_visible(self.actor, ImportJob, pk)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            undo_import(self.actor, job=job, **self.input(UndoInput))
        return Response(_one(self, pk))


class DroppedView(ApiView):
    @writes(
        "Archiver ce qu'une source du répertoire ne publie plus",
        body=Nothing,
        answer=ImportOutput,
        description="À dire d'un fichier appliqué qui contenait tout ce que sa source publie ; l'annuler les remontre.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The services that the file does not name leave searches."""
        job = get_visible(self.actor, ImportJob, pk)
        with with_state(lambda: get_visible(self.actor, ImportJob, pk)):
            archive_dropped(self.actor, job=job)
        return Response(_one(self, pk))


def _shown(actor: Actor, job: ImportJob) -> dict[str, Any]:
    """The import with the counts this actor may read."""
    audience = shown_audience(actor, job)
    job.counts = shown_counts(actor, job)
    return {**ImportOutput(job).data, "audience": audience}


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return _shown(view.actor, get_visible(view.actor, ImportJob, pk, *JOINED))


LIST = "import.list"
urlpatterns = [
    route("imports/", ImportsView.as_view(), name="api_imports", access=LIST),
    route("imports/<uuid:pk>/", ImportView.as_view(), name="api_import", access=LIST),
    route("imports/<uuid:pk>/rows/", RowsView.as_view(), name="api_import_rows", access=LIST),
    route("imports/<uuid:pk>/rows/<str:line>/", RowView.as_view(), name="api_import_row", access=LIST),
    route("imports/<uuid:pk>/mapping/", MappingView.as_view(), name="api_import_mapping", access=LIST),
    route("imports/<uuid:pk>/confirm/", ConfirmView.as_view(), name="api_import_confirm", access=LIST),
    route("imports/<uuid:pk>/discard/", DiscardView.as_view(), name="api_import_discard", access=LIST),
    route("imports/<uuid:pk>/undo/", UndoView.as_view(), name="api_import_undo", access=LIST),
    route("imports/<uuid:pk>/dropped/", DroppedView.as_view(), name="api_import_dropped", access="service.moderate"),
]
