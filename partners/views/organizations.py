"""The directory: list, record, identity, teams, services, closing periods."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.core.access import can, get_visible
from hub.core.errors import Invalid
from hub.core.pages import paginate
from partners.forms import (
    ClosingForm,
    ContactForm,
    OrganizationFilter,
    OrganizationForm,
    TeamForm,
)
from partners.models import Organization, Team
from partners.selectors.network import organization_list, organization_record
from partners.services import organizations as services
from partners.views.pages import Request, find, form_page, submit

PAGE = 25


@require_safe
def organization_index(request: Request) -> HttpResponse:
    actor = request.actor
    filters = OrganizationFilter(request.GET, actor=actor, auto_id="filter_%s")
    found = organization_list(actor, **filters.values())
    page = paginate(found, order=("search_name", "pk"), after=request.GET.get("after", ""), size=PAGE)
    context = {
        "page": page,
        "total": found.count(),
        "filters": filters,
        "may_create": can(actor, "organization.create"),
        "may_onboard": can(actor, "onboarding.run"),
        "may_invite": can(actor, "invitation.list"),
    }
    return render(request, "partners/organizations.html", context)


@require_safe
def organization_page(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    organization = get_visible(actor, Organization, pk, "kind")
    arranges = can(actor, "organization.arrange", organization)
    context = {
        "record": organization_record(actor, organization),
        "organization": organization,
        "may_edit": can(actor, "organization.edit", organization),
        "may_arrange": arranges,
        "may_list_members": can(actor, "member.list", organization),
        "closing_form": ClosingForm() if arranges else None,
    }
    return render(request, "partners/organization.html", context)


def organization_new(request: Request) -> HttpResponse:
    form = OrganizationForm(request.POST or None, new=True)
    made = submit(request, form, lambda: services.create_organization(request.actor, **form.cleaned_data))
    if made:
        messages.success(request, f"{made.name} fait maintenant partie du réseau.")
        return redirect("organization", made.pk)
    return form_page(
        request, form, title="Nouvelle organisation", button="Ajouter au réseau", cancel_url=reverse("organizations")
    )


def organization_edit(request: Request, pk: UUID) -> HttpResponse:
    """The administration changes the identity; the organisation's own manager, how to reach it."""
    actor = request.actor
    organization = find(actor, Organization, pk, "organization.arrange", "kind")
    whole = can(actor, "organization.edit", organization)
    form_class = OrganizationForm if whole else ContactForm
    initial = {name: getattr(organization, name) for name in form_class.base_fields}
    form = form_class(request.POST or None, initial=initial)
    save = services.edit_organization if whole else services.edit_contact
    if submit(request, form, lambda: save(actor, organization=organization, **form.cleaned_data)):
        messages.success(request, "Modifications enregistrées.")
        return redirect("organization", pk)
    return form_page(
        request, form, title=f"Modifier {organization.name}", cancel_url=reverse("organization", args=[pk])
    )


def team_new(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    organization = find(actor, Organization, pk, "organization.arrange")
    form = TeamForm(request.POST or None, actor=actor)
    made = submit(request, form, lambda: services.create_team(actor, organization=organization, **form.cleaned_data))
    if made:
        messages.success(request, f"Équipe « {made.name} » ajoutée.")
        return redirect("organization", pk)
    title = f"Nouvelle équipe · {organization.name}"
    return form_page(request, form, title=title, button="Ajouter", cancel_url=reverse("organization", args=[pk]))


def team_edit(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    team = find(actor, Team, pk, "organization.arrange", "organization")
    initial = {name: getattr(team, name) for name in TeamForm.base_fields}
    form = TeamForm(request.POST or None, initial=initial, actor=actor)
    if submit(request, form, lambda: services.edit_team(actor, team=team, **form.cleaned_data)):
        messages.success(request, "Équipe enregistrée.")
        return redirect("organization", team.organization_id)
    cancel = reverse("organization", args=[team.organization_id])
    return form_page(request, form, title=f"Modifier l'équipe {team.name}", cancel_url=cancel)


def closing_add(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    organization = find(actor, Organization, pk, "organization.arrange")
    form = ClosingForm(request.POST or None)
    if submit(
        request, form, lambda: services.add_closing_period(actor, organization=organization, **form.cleaned_data)
    ):
        messages.success(request, "Période de fermeture ajoutée : les délais s'arrêtent pendant ces jours.")
        return redirect("organization", pk)
    cancel = reverse("organization", args=[pk])
    return form_page(request, form, title=f"Fermeture · {organization.name}", button="Ajouter", cancel_url=cancel)


@require_POST
def closing_remove(request: Request, pk: UUID) -> HttpResponse:
    organization = find(request.actor, Organization, pk, "organization.arrange")
    try:
        day = date.fromisoformat(request.POST.get("starts_on", ""))
    except ValueError as error:
        raise Invalid("Cette date n'existe pas.", code="bad_date") from error
    services.remove_closing_period(request.actor, organization=organization, starts_on=day)
    messages.success(request, "Période de fermeture retirée.")
    return redirect("organization", pk)
