"""The Département's settings, and who has access to what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hub.core.access import can, get_visible
from hub.core.models import record_access
from hub.core.pages import paginate
from hub.core.tabular import csv_lines
from partners.forms import AccessFilter, SettingsForm
from partners.models import Department
from partners.selectors.access import (
    EXPORT_HEADER,
    INVITATION_ORDER,
    MEMBER_ORDER,
    export_rows,
    invitations,
    members,
)
from partners.services.departments import change_settings
from partners.views.pages import UNPROCESSABLE, Request, submit

PAGE = 50
MOST_INVITATIONS = 50
MOST_EXPORTED = 20_000


def department_settings(request: Request) -> HttpResponse:
    actor = request.actor
    department = get_visible(actor, Department, actor.department_id)
    form = SettingsForm(request.POST or None, department=department)
    saved = submit(
        request,
        form,
        lambda: change_settings(
            actor,
            department=department,
            employment_service_name=form.cleaned_data["employment_service_name"],
            category_mode=form.cleaned_data["category_mode"],
            delays=form.delays,
            gap_motive_shared=form.cleaned_data["gap_motive_shared"],
        ),
    )
    if saved:
        messages.success(request, "Réglages enregistrés : ils valent dès maintenant.")
        return redirect("department_settings")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "partners/settings.html", {"form": form, "department": department}, status=status)


@require_safe
def access_review(request: Request) -> HttpResponse:
    actor = request.actor
    filters = AccessFilter(request.GET, actor=actor, auto_id="filter_%s")
    wanted = filters.values()
    found = members(actor, **wanted)
    page = paginate(found, order=MEMBER_ORDER, after=request.GET.get("after", ""), size=PAGE)
    narrowed = {name: wanted[name] for name in ("q", "organization") if name in wanted}
    pending = invitations(actor, **narrowed)
    context = {
        "page": page,
        "total": found.count(),
        "filters": filters,
        "manageable": {member.pk for member in page.rows if can(actor, "member.manage", member)},
        "invitations": pending.order_by(*INVITATION_ORDER)[:MOST_INVITATIONS],
        "invitation_total": pending.count(),
        "now": actor.now,
    }
    return render(request, "partners/access_review.html", context)


@require_safe
def access_export(request: Request) -> HttpResponse:
    """The same list, whole, for a spreadsheet; the export is journalled."""
    actor = request.actor
    filters = AccessFilter(request.GET, actor=actor)
    found = members(actor, **filters.values()).order_by(*MEMBER_ORDER)[:MOST_EXPORTED]
    record_access("access_export")
    body = "".join(csv_lines(EXPORT_HEADER, export_rows(found)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="acces_{actor.today:%Y-%m-%d}.csv"'
    return response
