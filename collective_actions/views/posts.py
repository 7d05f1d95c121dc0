"""Open posts: published by whoever employs, changed, filled. Their page is that of the service."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from collective_actions.forms.posts import PostForm
from collective_actions.services.posts import edit_post, get_post, open_post
from hub.core.errors import NotVisible
from partners.models import Organization, Service
from partners.views.pages import Request, find, form_page, submit

PAGE_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE_OR_POST)
def post_new(request: Request, pk: UUID) -> HttpResponse:
    """A post of one organisation."""
    actor = request.actor
    organization = find(actor, Organization, pk, "service.create")
    form = PostForm(request.POST or None, actor=actor)
    made = submit(request, form, lambda: open_post(actor, organization=organization, **form.cleaned_data))
    if made:
        messages.success(request, f"Poste « {made.service.name} » publié dans le répertoire.")
        return redirect("service", made.pk)
    title, back = f"Poste ouvert · {organization.name}", reverse("organization", args=[pk])
    return form_page(request, form, title=title, button="Publier le poste", cancel_url=back)


@require_http_methods(PAGE_OR_POST)
def post_edit(request: Request, pk: UUID) -> HttpResponse:
    """What is said of it, and how many are filled."""
    actor = request.actor
    service = find(actor, Service, pk, "service.edit", "organization", "structure")
    post = get_post(service)
    if post is None:
        raise NotVisible
    form = PostForm(request.POST or None, actor=actor, post=post)
    if submit(request, form, lambda: edit_post(actor, post=post, **form.cleaned_data)):
        messages.success(request, "Poste enregistré.")
        return redirect("service", pk)
    return form_page(request, form, title="Modifier le poste", cancel_url=reverse("service", args=[pk]))
