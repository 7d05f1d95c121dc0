"""Rosters: many files at once, verdicts on their form, one confirmation; which sessions have a list."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.rosters import RosterForm
from collective_actions.imports.rosters import TEMPLATE
from collective_actions.selectors.endings import figures
from collective_actions.selectors.rosters import coverage as coverage_of
from collective_actions.selectors.rosters import roster_file, roster_files, waiting_files
from collective_actions.services.rosters.rejects import reject_file
from hub.core.access import can, require
from hub.core.errors import Conflict, TooLarge
from hub.core.models import record_access
from hub.core.tabular import FileProblem, write_csv
from partners.models.files import ImportKind
from partners.services.imports import confirm_import, discard_import, receive_file
from partners.views.pages import UNPROCESSABLE, Request, gesture


@require_safe
def rosters(request: Request) -> HttpResponse:
    """The lists brought, latest first."""
    return _page(request, RosterForm())


@require_POST
def bring(request: Request) -> HttpResponse:
    """Receive every file that can be read; the others are said by their name, with why."""
    require(request.actor, "roster.bring")
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    files = form.cleaned_data["rosters"]
    refused = [said for file in files if (said := _receive(request, file))]
    received = len(files) - len(refused)
    for said in refused:
        messages.error(request, said)
    if received:
        told = "1 fichier reçu" if received == 1 else f"{received} fichiers reçus"
        messages.success(request, f"{told} : l'analyse commence. Rien n'est encore transmis.")
    return redirect("rosters")


@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Send one list to the Département."""
    job = roster_file(request.actor, pk)
    return _done(request, lambda: confirm_import(request.actor, job=job), "Liste transmise au Département.")


@require_POST
def confirm_all(request: Request) -> HttpResponse:
    """Send the lists that were shown together; one that came since is sent by nobody's hand."""
    require(request.actor, "roster.bring")
    shown = set(request.POST.getlist("list"))
    jobs = [job for job in waiting_files(request.actor) if str(job.pk) in shown]
    for job in jobs:
        confirm_import(request.actor, job=job)
    said = "1 liste transmise" if len(jobs) == 1 else f"{len(jobs)} listes transmises"
    messages.success(request, f"{said} au Département." if jobs else "Aucune de ces listes n'attend plus.")
    return redirect("rosters")


@require_POST
def discard(request: Request, pk: UUID) -> HttpResponse:
    """Give a list up: its content is destroyed."""
    job = roster_file(request.actor, pk)
    return _done(request, lambda: discard_import(request.actor, job=job), "Liste abandonnée : son contenu est détruit.")


@require_safe
def rejects(request: Request, pk: UUID) -> HttpResponse:
    """The lines that cannot be read as they are, to correct and bring again; whoever they speak of."""
    job = roster_file(request.actor, pk)
    require(request.actor, "import.confirm", job)
    name, content = reject_file(request.actor, job=job)
    record_access("export", subject=job, detail="rejects")
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def model(request: Request) -> HttpResponse:
    """Our template: the titles of its columns, nothing below."""
    content = io.BytesIO()
    write_csv(content, TEMPLATE, ())
    answer = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="modele_stagiaires.csv"'
    return answer


@require_safe
def coverage(request: Request) -> HttpResponse:
    """Sessions with a list among those begun, by territory; what is still missing."""
    context = {"coverage": coverage_of(request.actor), "figures": figures(request.actor)}
    return render(request, "collective_actions/rosters/coverage.html", context)


def _receive(request: Request, file: UploadedFile) -> str:
    """Why this file cannot be received, or ''."""
    try:
        receive_file(
            request.actor, kind=ImportKind.ROSTER.value, name=file.name or "", stream=cast(io.BytesIO, file.file)
        )
    except (FileProblem, TooLarge, Conflict) as error:
        return f"« {file.name} » : {error.message}"
    return ""


def _done(request: Request, action: Callable[[], object], said: str) -> HttpResponse:
    gesture(request, action, said)
    return redirect("rosters")


def _page(request: Request, form: RosterForm) -> HttpResponse:
    found = roster_files(request.actor, after=request.GET.get("after", ""))
    context = {
        "found": found,
        "form": form,
        "may_bring": can(request.actor, "roster.bring"),
        "may_match": can(request.actor, "match.list"),
    }
    return render(
        request, "collective_actions/rosters/list.html", context, status=UNPROCESSABLE if form.errors else 200
    )
