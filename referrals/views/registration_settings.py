"""Settings of registration: motives that alert, lists waited for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.forms.gaps import ExitCodeForm, ExpectedListForm
from referrals.selectors.registration_settings import (
    exit_codes,
    expected_lists,
    get_exit_code,
    get_expected_list,
    missing_codes,
)
from referrals.services import registration_settings as services

FORM = "referrals/gaps/settings_form.html"
edits = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request: Request) -> HttpResponse:
    context = {
        "codes": exit_codes(request.actor),
        "missing": missing_codes(request.actor),
        "lists": expected_lists(request.actor),
    }
    return render(request, "referrals/gaps/settings.html", context)


@require_POST
def seed(request: Request) -> HttpResponse:
    """Fill the table with the usual motives."""
    count = services.seed_exit_codes(request.actor)
    messages.success(request, f"{count} motifs ajoutés." if count >= 2 else f"{count} motif ajouté.")
    return redirect("registration_settings")


@edits
def exit_code_new(request: Request) -> HttpResponse:
    form = ExitCodeForm(request.POST or None, initial={"alerting": True})
    if made := submit(request, form, lambda: services.add_exit_code(request.actor, **form.cleaned_data)):
        messages.success(request, f"Motif {made.code} ajouté.")
        return redirect("registration_settings")
    return _form(request, form, "Nouveau motif", "Ajouter le motif")


@edits
def exit_code_edit(request: Request, pk: UUID) -> HttpResponse:
    known = get_exit_code(request.actor, pk)
    initial = {"label": known.label, "nature": known.nature, "alerting": known.alerting}
    form = ExitCodeForm(request.POST or None, initial=initial, known=True)
    if submit(request, form, lambda: services.edit_exit_code(request.actor, known=known, **form.cleaned_data)):
        messages.success(request, f"Motif {known.code} modifié : il s'applique aux prochaines listes.")
        return redirect("registration_settings")
    return _form(request, form, f"Motif {known.code}", "Enregistrer")


@edits
def expected_list_new(request: Request) -> HttpResponse:
    form = ExpectedListForm(request.POST or None, actor=request.actor)
    if made := submit(request, form, lambda: services.add_expected_list(request.actor, **form.cleaned_data)):
        messages.success(request, f"La liste « {made.label} » est attendue chaque mois.")
        return redirect("registration_settings")
    return _form(request, form, "Nouvelle liste attendue", "Attendre cette liste")


@require_POST
def expected_list_switch(request: Request, pk: UUID) -> HttpResponse:
    """Wait for a list no longer, or again."""
    expected = get_expected_list(request.actor, pk)
    services.expect_list(request.actor, expected=expected, active=not expected.active)
    said = "est de nouveau attendue chaque mois" if expected.active else "n'est plus attendue"
    messages.success(request, f"La liste « {expected.label} » {said}.")
    return redirect("registration_settings")


def _form(request: Request, form: ExitCodeForm | ExpectedListForm, title: str, button: str) -> HttpResponse:
    context = {"form": form, "title": title, "submit": button, "cancel_url": reverse("registration_settings")}
    return render(request, FORM, context, status=UNPROCESSABLE if form.errors else 200)
