"""Territories: their names, their communes, moving communes from one to another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.core.access import get_visible, visible
from hub.core.errors import Invalid, NotVisible
from hub.core.pages import paginate
from partners.forms import CommuneFilter, NewTerritoryForm, TerritoryForm
from partners.models import Department, Territory
from partners.selectors.territories import COMMUNE_ORDER, communes_of, orphan_communes, territory_list
from partners.services import territories as services
from partners.views.pages import Request, find, form_page, submit

PAGE = 50
MOST_MOVED = 800


@require_safe
def territory_index(request: Request) -> HttpResponse:
    context = {"territories": territory_list(request.actor)[:200], "orphans": orphan_communes(request.actor)}
    return render(request, "partners/territories.html", context)


def territory_new(request: Request) -> HttpResponse:
    actor = request.actor
    form = NewTerritoryForm(request.POST or None)
    department = get_visible(actor, Department, actor.department_id)
    made = submit(request, form, lambda: services.create_territory(actor, department=department, **form.cleaned_data))
    if made:
        messages.success(request, f"Territoire « {made.name} » créé : attachez-lui des communes.")
        return redirect("territories")
    return form_page(
        request, form, title="Nouveau territoire", button="Créer le territoire", cancel_url=reverse("territories")
    )


@require_safe
def territory_page(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    territory = find(actor, Territory, pk, "territory.edit")
    filters = CommuneFilter(request.GET, auto_id="filter_%s")
    found = communes_of(actor, territory, **filters.values())
    context = {
        "territory": territory,
        "page": paginate(found, order=COMMUNE_ORDER, after=request.GET.get("after", ""), size=PAGE),
        "total": found.count(),
        "filters": filters,
        "others": visible(actor, Territory).exclude(pk=pk),
        "form": TerritoryForm(initial={"name": territory.name, "verified": territory.verified}),
    }
    return render(request, "partners/territory.html", context)


def territory_edit(request: Request, pk: UUID) -> HttpResponse:
    territory = find(request.actor, Territory, pk, "territory.edit")
    initial = {"name": territory.name, "verified": territory.verified}
    form = TerritoryForm(request.POST or None, initial=initial)
    if submit(request, form, lambda: services.edit_territory(request.actor, territory=territory, **form.cleaned_data)):
        messages.success(request, "Territoire enregistré.")
        return redirect("territory", pk)
    title = f"Modifier le territoire {territory.name}"
    return form_page(request, form, title=title, cancel_url=reverse("territory", args=[pk]))


@require_POST
def communes_move(request: Request, pk: UUID) -> HttpResponse:
    """Move the ticked communes of one territory to another."""
    actor = request.actor
    find(actor, Territory, pk, "territory.edit")
    chosen = request.POST.getlist("communes")[:MOST_MOVED]
    if not chosen:
        raise Invalid("Cochez au moins une commune à déplacer.", code="nothing_chosen")
    try:
        target = find(actor, Territory, UUID(request.POST.get("territory", "")), "territory.edit")
    except ValueError as error:
        raise NotVisible from error
    moved = services.move_communes(actor, territory=target, communes=chosen)
    many = "communes sont maintenant attachées" if moved > 1 else "commune est maintenant attachée"
    messages.success(request, f"{moved} {many} à {target.name}.")
    return redirect("territory", pk)
