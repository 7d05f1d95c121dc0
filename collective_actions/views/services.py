"""Writing a service: by whoever offers it or the Département; suggesting by anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from collective_actions.forms.directory import AttachForm, MergeForm, ServiceForm, StructureForm, SuggestForm
from collective_actions.views.directory import service_page
from hub.core.access import can
from hub.core.errors import Conflict, Invalid, NotVisible
from partners.models import Organization, Service
from partners.selectors.directory.records import get_service
from partners.services.directory.duplicates import merge_services
from partners.services.directory.structures import edit_structure
from partners.services.directory.suggestions import suggest
from partners.services.directory.writing import (
    archive_service,
    attach_structure,
    create_service,
    edit_service,
    publish_service,
    verify_service,
)
from partners.views.pages import UNPROCESSABLE, Request, find, form_page, gesture, submit

RELATED = ("organization", "structure")


def service_new(request: Request, pk: UUID) -> HttpResponse:
    """A service of one organisation."""
    actor = request.actor
    organization = find(actor, Organization, pk, "service.create")
    form = ServiceForm(request.POST or None, actor=actor)
    made = submit(request, form, lambda: create_service(actor, organization=organization, **form.cleaned_data))
    if made:
        messages.success(request, f"Service « {made.name} » ajouté au répertoire.")
        return redirect("service", made.pk)
    title = f"Nouveau service · {organization.name}"
    return form_page(request, form, title=title, button="Publier", cancel_url=reverse("organization", args=[pk]))


def service_edit(request: Request, pk: UUID) -> HttpResponse:
    """Everything that is said of a service; saving it says that it is true today."""
    actor = request.actor
    service = find(actor, Service, pk, "service.edit", *RELATED)
    form = ServiceForm(request.POST or None, actor=actor, service=service)
    if submit(request, form, lambda: edit_service(actor, service=service, **form.cleaned_data)):
        messages.success(request, "Service enregistré : il est vérifié d'aujourd'hui.")
        return redirect("service", pk)
    return form_page(request, form, title=f"Modifier {service.name}", cancel_url=reverse("service", args=[pk]))


def structure_edit(request: Request, pk: UUID) -> HttpResponse:
    """What a file said of who offers a service, corrected: `pk` is the service one comes from."""
    actor = request.actor
    service = find(actor, Service, pk, "service.edit", *RELATED)
    structure = service.structure
    if structure is None or not can(actor, "service.edit", structure):
        raise NotVisible
    form = StructureForm(request.POST or None, actor=actor, structure=structure)
    if submit(request, form, lambda: edit_structure(actor, structure=structure, **form.cleaned_data)):
        messages.success(request, "Structure enregistrée.")
        return redirect("service", pk)
    return form_page(request, form, title=f"Modifier {structure.name}", cancel_url=reverse("service", args=[pk]))


@require_POST
def service_publish(request: Request, pk: UUID) -> HttpResponse:
    return _do(request, pk, "service.publish", publish_service, "« {} » est publié.")


@require_POST
def service_archive(request: Request, pk: UUID) -> HttpResponse:
    def archive(actor: Any, *, service: Service) -> Any:
        return archive_service(actor, service=service, reason=request.POST.get("reason", ""))

    return _do(request, pk, "service.edit", archive, "« {} » n'est plus proposé. Vous pouvez le publier à nouveau.")


@require_POST
def service_verify(request: Request, pk: UUID) -> HttpResponse:
    return _do(request, pk, "service.verify", verify_service, "« {} » : toujours valable, c'est noté.")


@require_POST
def service_merge(request: Request, pk: UUID) -> HttpResponse:
    """This service is a double of another one, which is kept."""
    actor = request.actor
    service = find(actor, Service, pk, "service.moderate", *RELATED)
    form = MergeForm(request.POST)
    if not form.is_valid():
        raise NotVisible
    kept = get_service(actor, form.cleaned_data["into"])
    try:
        merge_services(actor, duplicate=service, into=kept)
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
        return redirect("service", pk)
    messages.success(request, f"Fusionné : « {kept.name} » est gardé, complété de ce que son double disait.")
    return redirect("service", kept.pk)


@require_POST
def service_attach(request: Request, pk: UUID) -> HttpResponse:
    """The structure that offers this service is an organisation of the network."""
    actor = request.actor
    service = find(actor, Service, pk, "service.moderate", *RELATED)
    form = AttachForm(request.POST, actor=actor)
    if service.structure is None or not form.is_valid():
        raise NotVisible
    organization = form.cleaned_data["organization"]
    count = attach_structure(actor, structure=service.structure, organization=organization)
    messages.success(request, f"{service.structure} est rattachée à {organization} ({count} services).")
    return redirect("service", pk)


@require_POST
def service_suggest(request: Request, pk: UUID) -> HttpResponse:
    """What is to correct in a service."""
    service = get_service(request.actor, pk)
    form = SuggestForm(request.POST)
    if submit(request, form, lambda: suggest(request.actor, service=service, **form.cleaned_data)):
        messages.success(request, "Merci : votre suggestion est transmise.")
        return redirect("service", pk)
    return service_page(request, service, form, status=UNPROCESSABLE)


def suggest_new(request: Request) -> HttpResponse:
    """A service that is missing."""
    form = SuggestForm(request.POST or None)
    if submit(request, form, lambda: suggest(request.actor, service=None, **form.cleaned_data)):
        messages.success(request, "Merci : votre suggestion est transmise au Département.")
        return redirect("directory")
    return form_page(
        request, form, title="Proposer un service", button="Envoyer la suggestion", cancel_url=reverse("directory")
    )


def _do(request: Request, pk: UUID, rule: str, action: Callable[..., Any], said: str) -> HttpResponse:
    """One gesture on a service, then back where it was made."""
    actor = request.actor
    service = find(actor, Service, pk, rule, *RELATED)
    gesture(request, lambda: action(actor, service=service), said.format(service.name))
    return redirect("moderation") if request.POST.get("back") == "moderation" else redirect("service", pk)
