"""Finding a service: the search with its map, the page of one service, searches one keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.directory import AttachForm, SearchForm, SuggestForm
from collective_actions.services.posts import get_post
from hub.core.access import can, get_visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Commune, SavedSearch, Service
from partners.models.services import ServiceNature
from partners.selectors.directory.asked import asked_by
from partners.selectors.directory.records import (
    freshness,
    get_service,
    landmarks,
    my_searches,
    service_record,
)
from partners.selectors.directory.search import search_services
from partners.services.directory.searches import forget_search, save_search
from partners.views.pages import Request


@require_safe
def directory(request: Request) -> HttpResponse:
    """Services by words, theme, place…; everything asked stands in the address."""
    actor = request.actor
    asked = asked_by(request.GET)
    found = search_services(actor, asked, after=request.GET.get("after", ""))
    context = {
        "asked": asked,
        "person": person_of(request),
        "found": found,
        "filters": SearchForm(asked, found.counts, actor=actor, person=person_of(request)),
        "searches": my_searches(actor),
        "freshness": freshness(actor),
        "map": _map(found.page.rows, landmarks(actor)),
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_ATTRIBUTION,
        "may_moderate": can(actor, "service.moderate"),
        "owner": _owner(actor),
    }
    return render(request, "collective_actions/directory/list.html", context)


@require_safe
def service(request: Request, pk: UUID) -> HttpResponse:
    """One service: what it is, how to go there, whether it is still true. An action has a page of its own."""
    one = get_service(request.actor, pk)
    if one.nature in (ServiceNature.ACTION, ServiceNature.PROFESSIONAL):
        query = request.GET.urlencode()
        return redirect(f"{reverse('action', args=[one.collective_action.pk])}{query and f'?{query}'}")
    return service_page(request, one, SuggestForm())


def service_page(request: Request, one: Service, form: SuggestForm, status: int = 200) -> HttpResponse:
    """The page of one service, with the suggestion as it was written."""
    actor = request.actor
    moderates = can(actor, "service.moderate", one)
    context: dict[str, Any] = {
        "record": service_record(actor, one),
        "service": one,
        "post": get_post(one) if one.nature == ServiceNature.POST else None,
        "person": person_of(request),
        "suggest_form": form,
        "may_edit": can(actor, "service.edit", one),
        "may_publish": can(actor, "service.publish", one),
        "may_verify": can(actor, "service.verify", one),
        "may_moderate": moderates,
        "may_edit_structure": one.structure is not None and can(actor, "service.edit", one.structure),
        "attach_form": AttachForm(actor=actor) if moderates and one.structure_id and not one.organization_id else None,
        "map": _map([one], []),
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_ATTRIBUTION,
    }
    return render(request, "collective_actions/directory/service.html", context, status=status)


@require_POST
def search_save(request: Request) -> HttpResponse:
    """Keep the search shown under a name."""
    query = request.POST.get("query", "")
    try:
        kept = save_search(
            request.actor, name=request.POST.get("name", ""), query=query, notify=bool(request.POST.get("notify"))
        )
    except Invalid as error:
        messages.error(request, next(iter(error.fields.values()), error.message))
    else:
        told = " : vous serez prévenu des nouveautés" if kept.notify else ""
        messages.success(request, f"Recherche « {kept.name} » gardée{told}.")
    return redirect(f"{reverse('directory')}?{query}")


@require_safe
def search_open(request: Request, pk: UUID) -> HttpResponse:
    """What a kept search finds now."""
    kept = get_visible(request.actor, SavedSearch, pk)
    return redirect(f"{reverse('directory')}?{kept.query}")


@require_POST
def search_forget(request: Request, pk: UUID) -> HttpResponse:
    """Forget a kept search."""
    forget_search(request.actor, search=get_visible(request.actor, SavedSearch, pk))
    messages.success(request, "Recherche retirée.")
    return redirect("directory")


def person_of(request: Request) -> UUID | None:
    """For whom one looks: carried by the address, so that a service found is one click from her referral."""
    try:
        return UUID(request.GET.get("pour", ""))
    except ValueError:
        return None


def _map(rows: list[Service], known: list[Commune]) -> dict[str, Any]:
    """Points and landmarks as the map reads them; nothing is drawn that the list does not say."""
    points = [
        {"name": one.name, "by": one.provider.name, "at": [one.lat, one.lon], "url": reverse("service", args=[one.pk])}
        for one in rows
        if one.lat is not None
    ]
    return {"points": points, "landmarks": [{"name": one.name, "at": [one.latitude, one.longitude]} for one in known]}


def _owner(actor: Actor) -> UUID | None:
    """The organisation this member may describe services of."""
    return actor.organization_id if actor.manager else None
