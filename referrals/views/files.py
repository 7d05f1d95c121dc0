"""Writing a person's file: create, edit, safe contact, restrict, death, private tie."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.views.pages import Request
from referrals.forms.fields import refuse
from referrals.forms.people import DeathForm, PersonForm, SafeContactForm
from referrals.models import Beneficiary
from referrals.selectors.files import get_person
from referrals.selectors.people import duplicates_of
from referrals.services.access import declare_link
from referrals.services.people import (
    SAFE_CONTACT,
    create_beneficiary,
    record_death,
    restrict_file,
    set_safe_contact,
    update_beneficiary,
)

FORM = "referrals/people/form.html"


@require_http_methods(["GET", "POST"])
def person_create(request: Request) -> HttpResponse:
    """Open a file, once the likely duplicates were looked at."""
    actor = request.actor
    form = PersonForm(request.POST or None, actor=actor)
    if request.method == "GET" or not form.is_valid():
        return _write(request, form, status=200 if request.method == "GET" else 400)
    if same := _unconfirmed_duplicates(actor, form):
        return _write(request, form, duplicates=same, status=409)
    try:
        created = create_beneficiary(actor, values=form.values(), nir=form.cleaned_data["nir"])
    except (Invalid, Conflict) as error:
        refuse(form, _on_form(error))
        return _write(request, form, status=error.status)
    messages.success(request, "Dossier ouvert.")
    return redirect("person", created.pk)


@require_http_methods(["GET", "POST"])
def person_edit(request: Request, pk: UUID) -> HttpResponse:
    """Correct identity, contact, identifiers or rights."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "person.edit", person)
    form = PersonForm(request.POST or None, actor=actor, person=person)
    if request.method == "GET" or not form.is_valid():
        return _write(request, form, person=person, status=200 if request.method == "GET" else 400)
    if same := _unconfirmed_duplicates(actor, form, but=person):
        return _write(request, form, person=person, duplicates=same, status=409)
    try:
        given = form.cleaned_data
        update_beneficiary(actor, person=person, values=form.values(), nir=given["nir"], version=given["version"])
    except (Invalid, Conflict) as error:
        if error.code == "stale":
            return _present(request, pk, error)
        refuse(form, _on_form(error))
        return _write(request, form, person=person, status=error.status)
    messages.success(request, "Dossier mis à jour.")
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
def person_contact(request: Request, pk: UUID) -> HttpResponse:
    """Safe contact: shown before any contact, kept by every import."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "person.contact", person)
    form = SafeContactForm(request.POST or None, initial={name: getattr(person, name) for name in SAFE_CONTACT})
    if request.method == "POST" and form.is_valid():
        set_safe_contact(actor, person=person, values=form.cleaned_data)
        messages.success(request, "Consignes de contact enregistrées.")
        return redirect("person", pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "referrals/people/contact.html", {"form": form, "person": person}, status=status)


@require_POST
def person_restrict(request: Request, pk: UUID) -> HttpResponse:
    """Keep the file to its referent and the heads, or open it again."""
    actor = request.actor
    restricted = request.POST.get("restricted") == "yes"
    restrict_file(actor, person=get_person(actor, pk), restricted=restricted)
    if restricted:
        messages.success(request, "Dossier restreint à son référent et à l'encadrement.")
        return redirect("people")
    messages.success(request, "Dossier rouvert à l'équipe.")
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
def person_death(request: Request, pk: UUID) -> HttpResponse:
    """Stop every letter, notice and follow-up, silently."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "person.edit", person)
    form = DeathForm(request.POST or None)
    status = 200 if request.method == "GET" else 400
    if request.method == "POST" and form.is_valid():
        try:
            record_death(actor, person=person, died_on=form.cleaned_data["died_on"])
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, "Décès enregistré : plus aucun courrier ni rappel ne partira.")
            return redirect("person", pk)
    return render(request, "referrals/people/death.html", {"form": form, "person": person}, status=status)


@require_POST
def person_link(request: Request, pk: UUID) -> HttpResponse:
    """Say that one knows the person privately: the file closes to this member."""
    actor = request.actor
    declare_link(actor, person=get_person(actor, pk))
    messages.success(request, "Lien déclaré : ce dossier vous est maintenant fermé.")
    return redirect("people")


def _write(request: Request, form: PersonForm, *, status: int, **context: Any) -> HttpResponse:
    if not context.get("duplicates"):
        form.fields.pop("confirmed", None)
    return render(request, FORM, {"form": form, **context}, status=status)


def _present(request: Request, pk: UUID, error: Invalid | Conflict) -> HttpResponse:
    """The form again with what the file holds now: what was typed stood on values since replaced."""
    actor = request.actor
    person = get_person(actor, pk)
    form = PersonForm(actor=actor, person=person)
    return _write(request, form, person=person, conflict=error.message, status=error.status)


def _unconfirmed_duplicates(actor: Actor, form: PersonForm, *, but: Beneficiary | None = None) -> list[Beneficiary]:
    """Same names and birth date: shown once, unless the user already said it is somebody else."""
    given = form.cleaned_data
    changed = but is None or {"last_name", "first_names", "birth_date"} & set(form.changed_data)
    if given["confirmed"] or not changed:
        return []
    return duplicates_of(
        actor,
        last_name=given["last_name"],
        first_names=given["first_names"],
        birth_date=given["birth_date"],
        but=but.pk if but else None,
    )


def _on_form(error: Invalid | Conflict) -> Invalid | Conflict:
    """The commune is chosen by name on this form."""
    if "commune_id" in error.fields:
        error.fields["commune_name"] = error.fields.pop("commune_id")
    return error
