"""What every view of this app shares: who asks, one object or 404, one form on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hub.core.access import can, get_visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotVisible, Refused
from partners.models import Organization, User

M = TypeVar("M", bound=Model)
T = TypeVar("T")
UNPROCESSABLE = 422  # a form sent back with its errors: the gate undoes whatever was begun


class Request(HttpRequest):
    """A request that went through the gate."""

    actor: Actor
    user: User


def find(actor: Actor, model: type[M], pk: UUID, rule: str, *related: str) -> M:
    """A visible object the actor may act on. Raises `NotVisible` outside his organisation, `Refused` inside."""
    found = get_visible(actor, model, pk, *related)
    if not can(actor, rule, found):
        owner = found.pk if isinstance(found, Organization) else getattr(found, "organization_id", None)
        raise Refused if owner == actor.organization_id else NotVisible
    return found


def submit(request: HttpRequest, form: forms.Form, action: Callable[[], T]) -> T | None:
    """What the service made of a valid form; None when nothing was posted or something is to correct.

    A refusal of the service is written beside the fields it concerns.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action()
    except (Invalid, Conflict) as error:
        here = {name: sentence for name, sentence in error.fields.items() if name in form.fields}
        for name, sentence in here.items():
            form.add_error(name, sentence)
        for sentence in dict.fromkeys(error.fields.values()):
            if sentence not in here.values():  # said once, where it can be corrected
                form.add_error(None, sentence)
        if not error.fields:
            form.add_error(None, error.message)
        return None


def gesture(request: HttpRequest, write: Callable[[], object], said: str) -> None:
    """Do what a button asks and say so; a refusal is said instead, on the page that shows the present state."""
    try:
        write()
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    button: str = "Enregistrer",
    cancel_url: str = "",
    intro: str = "",
    template: str = "partners/form.html",
    extra: Mapping[str, object] | None = None,
) -> HttpResponse:
    """A page made of one form; its errors come back with status 422. `extra` is for a richer `template`."""
    context = {
        **(extra or {}),
        "form": form,
        "title": title,
        "submit": button,
        "cancel_url": cancel_url,
        "intro": intro,
    }
    return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)
