"""Files: bringing one, reading what its analysis found, confirming or giving it up."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.core.access import can, require, visible
from hub.core.errors import Confirmation, Conflict, DomainError, Invalid, Refused, TooLarge
from hub.core.models import record_access
from hub.core.tabular import FileProblem, refusal, write_csv
from hub.core.tabular.sheet import has_rows
from hub.core.topics import topic_token
from partners.importers import IMPORTERS, recognised
from partners.models import ImportJob
from partners.models.files import ImportKind, ImportState
from partners.services.columns import MENDABLE, choose_columns
from partners.services.corrections import CORRECTABLE
from partners.services.coverage import change_coverage, differences, look_again
from partners.services.guards import MINIMUM_REASON
from partners.services.imports import (
    CHANGED_MEANWHILE,
    confirm_import,
    discard_import,
    is_of_somebody_else,
    receive_file,
)
from partners.views.pages import UNPROCESSABLE, Request
from referrals.forms.imports import CoverageForm, DiscardForm, ImportForm, VerdictFilter
from referrals.imports.detect import detect
from referrals.imports.lines import KIND_LABELS
from referrals.selectors.imports import (
    MOVING,
    allowed_kinds,
    get_import,
    import_columns,
    import_list,
    import_record,
    import_rows,
)
from referrals.selectors.rejects import has_rejects, reject_lines, reject_titles, rejects_name

# What detection says, in the kinds of the pipeline.
KINDS = {
    "people_table": ImportKind.PEOPLE,
    "caf_flow": ImportKind.CAF_FLOW,
    "registration_stock": ImportKind.REGISTRATION,
    "registration_exits": ImportKind.REGISTRATION,
    "registration_snapshot": ImportKind.REGISTRATION,
    "registration_extract": ImportKind.REGISTRATION,
    "registration_by_hand": ImportKind.REGISTRATION,
    "directory": ImportKind.DIRECTORY,
}
OWN_PAGES: dict[str, str] = {ImportKind.ROSTER: "rosters"}
ALREADY = "FICHIER_DEJA_IMPORTE"


@require_safe
def index(request: Request) -> HttpResponse:
    """Files brought, latest first; those at work follow their own progress."""
    page, total = import_list(request.actor, after=request.GET.get("after", ""))
    rows = [(job, topic_token("import", job.pk) if job.state in MOVING else "") for job in page.rows]
    context = {"page": page, "rows": rows, "total": total, "may_bring": bool(allowed_kinds(request.actor))}
    context["may_match"] = can(request.actor, "match.list")
    return render(request, "referrals/imports/list.html", context)


def new(request: Request) -> HttpResponse:
    """Bring a file; what is wrong with it comes back beside the field it concerns."""
    if not allowed_kinds(request.actor):
        raise Refused
    form = ImportForm(request.POST or None, request.FILES or None, actor=request.actor)
    form.asks_again = "again" in request.GET
    if request.method == "POST" and form.is_valid():
        job = _receive(request, form)
        if job is not None:
            messages.success(request, "Fichier reçu : l'analyse commence. Rien n'est encore appliqué.")
            return redirect("import", job.pk)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "referrals/imports/new.html", {"form": form}, status=status)


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    """One file: its state, live; what its analysis found; what it did once applied. Some kinds have their own page."""
    if page := OWN_PAGES.get(get_import(request.actor, pk).kind):
        return redirect(page)
    return _record(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Apply what was read, unless what it covers was changed in the same form: it is then analysed again. Its address
    opened as a page, after a refusal, shows the import."""
    job = get_import(request.actor, pk)
    if request.method != "POST":
        return redirect("import", pk)
    if "month" in request.POST or "sheet" in request.POST:
        form = CoverageForm(request.POST, actor=request.actor, job=job)
        if not form.is_valid() or differences(job, form.said()):
            return _change(request, job, form)
    try:
        confirm_import(
            request.actor,
            job=job,
            conclude_absence=bool(request.POST.get("conclude_absence")),
            acknowledge_guards=request.POST.getlist("acknowledge_guards"),
            reason=request.POST.get("reason", ""),
        )
    except Confirmation as error:
        return _record(request, pk, unsaid=error)
    except (Conflict, Invalid) as error:
        return _record(request, pk, error=error)
    messages.success(request, "Confirmé : l'application commence.")
    return redirect("import", pk)


@require_POST
def coverage(request: Request, pk: UUID) -> HttpResponse:
    """What the list covers, corrected: the file is analysed again."""
    job = get_import(request.actor, pk)
    return _change(request, job, CoverageForm(request.POST, actor=request.actor, job=job))


@require_POST
def columns(request: Request, pk: UUID) -> HttpResponse:
    """What each column is, said by a person: the file is analysed again."""
    job = get_import(request.actor, pk)
    fields = [request.POST.get(f"column-{one.position}", "") for one in import_columns(job)]
    try:
        choose_columns(request.actor, job=job, fields=fields, repair=bool(request.POST.get("repair")))
    except (Conflict, Invalid) as error:
        return _record(request, pk, error=error, fields=fields)
    messages.success(request, "Colonnes enregistrées : le fichier est analysé à nouveau. Rien n'est encore appliqué.")
    return redirect("import", pk)


@require_POST
def discard(request: Request, pk: UUID) -> HttpResponse:
    """Give the file up."""
    job = get_import(request.actor, pk)
    try:
        discard_import(request.actor, job=job, reason=request.POST.get("reason", ""))
    except Conflict as error:
        return _record(request, pk, error=error)
    except Invalid as error:
        messages.error(request, error.fields["reason"])
        return redirect("import", pk)
    messages.success(request, "Fichier abandonné : rien n'a été appliqué, son contenu est détruit.")
    return redirect("imports")


@require_safe
def rejects(request: Request, pk: UUID) -> HttpResponse:
    """The lines left aside, as they came, with what is wrong with each: to correct and bring again."""
    job = get_import(request.actor, pk)
    require(request.actor, "import.rows", job)
    record_access("export", subject=job, detail="rejects")
    content = io.BytesIO()
    write_csv(content, reject_titles(job), reject_lines(request.actor, job))
    answer = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{rejects_name(request.actor, job)}"'
    return answer


def _change(request: Request, job: ImportJob, form: CoverageForm) -> HttpResponse:
    if not form.is_valid():
        return _record(request, job.pk, coverage=form)
    changed = differences(job, form.said())
    try:
        if changed:
            change_coverage(request.actor, job=job, **changed)
        elif not look_again(request.actor, job=job):
            messages.info(request, "Rien n'a changé : l'analyse est celle-ci.")
            return redirect("import", job.pk)
    except Conflict as error:
        return _record(request, job.pk, error=error)
    except Invalid as error:
        _place(form, error)
        return _record(request, job.pk, coverage=form)
    messages.success(request, "Le fichier est analysé à nouveau avec vos choix. Rien n'est encore appliqué.")
    return redirect("import", job.pk)


def _record(
    request: Request,
    pk: UUID,
    *,
    error: DomainError | None = None,
    fields: list[str] | None = None,
    coverage: CoverageForm | None = None,
    unsaid: Confirmation | None = None,
) -> HttpResponse:
    """`unsaid`: what a person must still say to confirm; what was ticked and written is shown again."""
    found = import_record(request.actor, pk)
    context: dict[str, Any] = {
        "record": found,
        "job": found.job,
        "token": topic_token("import", pk),
        "error": None if isinstance(error, Invalid) else error,
        "rejects": found.reads_rows and has_rejects(found.job),
        "wrong_columns": error.message if isinstance(error, Invalid) else "",
        "unsaid": unsaid,
        "acknowledged": request.POST.getlist("acknowledge_guards") if unsaid else (),
        "reason": request.POST.get("reason", "") if unsaid else "",
        "concludes": bool(unsaid and request.POST.get("conclude_absence")),
        "changed_meanwhile": CHANGED_MEANWHILE,
        "shortest_reason": MINIMUM_REASON,
        "discard_form": DiscardForm() if is_of_somebody_else(request.actor, found.job) else None,
    }
    mends = found.job.state in MENDABLE and can(request.actor, "import.confirm", found.job)
    if mends:
        context["coverage"] = coverage or CoverageForm(actor=request.actor, job=found.job)
    if mends:
        context["mendable"] = found.job.survey
        asked = found.job.state == ImportState.UNSPECIFIED or request.GET.get("colonnes") or fields is not None
        context["columns"] = import_columns(found.job) if asked else []
        if fields is not None:
            context["columns"] = [
                replace(one, field=name) for one, name in zip(context["columns"], fields, strict=True)
            ]
        context["choices"] = IMPORTERS[found.job.kind].choices
    if found.reads_rows and not found.moving and found.job.counts and error is None:
        filters = VerdictFilter(request.GET or None)
        verdict = filters.cleaned_data["verdict"] if filters.is_valid() else ""
        rows = import_rows(request.actor, found.job, verdict=verdict, after=request.GET.get("after", ""))
        record_access("list", subject=found.job, detail=f"rows {len(rows.lines)}")
        context |= {"rows": rows, "verdict": verdict, "correctable": CORRECTABLE}
    template = "referrals/imports/_record.html" if _is_fragment(request) else "referrals/imports/record.html"
    status = UNPROCESSABLE if coverage or unsaid or isinstance(error, Invalid) else error.status if error else 200
    return render(request, template, context, status=status)


def _receive(request: Request, form: ImportForm) -> ImportJob | None:
    """The import made of a valid form, or None with the refusal written in the form."""
    given = form.cleaned_data
    file: UploadedFile = given["file"]
    try:
        return receive_file(
            request.actor,
            kind=given["kind"] or _kind_of(form, file),
            name=file.name or "",
            stream=_bytes(file),
            month=given.get("month"),
            territory=given.get("territory"),
            nature=given.get("nature", ""),
            whole=form.whole,
            again=given["again"],
        )
    except (FileProblem, TooLarge) as error:
        form.add_error("file", error.message)
    except Invalid as error:
        _place(form, error)
    except Conflict as error:
        if error.code != ALREADY:
            raise
        form.asks_again = True
        form.same_as = visible(request.actor, ImportJob).filter(pk=error.fields["same_as"]).first()
        form.add_error("file", f"{error.message} Pour l'importer une seconde fois, cochez la case ci-dessous.")
    return None


def _kind_of(form: ImportForm, file: UploadedFile) -> str:
    """The kind the content tells. Raises `FileProblem`, or `Invalid` when a person must choose."""
    kind = recognised(_bytes(file))
    label = ImportKind(kind).label if kind else ""
    if kind is None:
        found = detect(_bytes(file))
        if found is None and not has_rows(_bytes(file)):
            raise refusal("FICHIER_VIDE")
        if found is None:
            sentence = "Le contenu n'est pas reconnu : choisissez le type pour savoir ce qui manque."
            raise Invalid(fields={"kind": sentence})
        kind, label = KINDS[found].value, KIND_LABELS[found]
    file.seek(0)
    if kind not in form.kinds:
        sentence = f"Ce fichier ressemble à « {label} » : votre habilitation ne permet pas de le déposer."
        raise Invalid(fields={"file": sentence})
    return kind


def _bytes(file: UploadedFile) -> BinaryIO:
    """What Django received, in memory or in a temporary file."""
    return cast(BinaryIO, file.file)


def _place(form: ImportForm | CoverageForm, error: Invalid) -> None:
    for name, sentence in (error.fields or {"": error.message}).items():
        form.add_error(name if name in form.fields else None, sentence)


def _is_fragment(request: HttpRequest) -> bool:
    return bool(request.headers.get("X-Fragment"))
