"""The letter of an appointment: seen before it is kept, printed as it was kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hub.core.access import require
from hub.core.errors import Conflict, Invalid
from hub.core.models import record_access
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.documents.letter import letter_pdf
from referrals.forms.fields import refuse
from referrals.forms.letters import LetterForm
from referrals.models import Appointment
from referrals.selectors.appointments import appointment_record, get_appointment
from referrals.selectors.letters import get_letter, kinds_for, letters_about
from referrals.services.letters.writing import Draft, draft_letter, unkind_of, write_letter
from referrals.views.appointments import pdf_answer

NAME = "courrier.pdf"  # says nothing of anybody


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: Request, pk: UUID) -> HttpResponse:
    """See the letter (GET), keep it as sent today (POST)."""
    appointment = _writable(request, pk)
    form = _form(request, appointment)
    if kept := submit(request, form, lambda: write_letter(request.actor, appointment=appointment, **form.values())):
        messages.success(
            request, f"Courrier du {kept.sent_on:%d/%m/%Y} gardé. Imprimez-le : il n'est pas envoyé d'ici."
        )
        return redirect("appointment", pk)
    draft, why = _drafted(request, appointment, form)
    record_access("seen", subject=appointment, detail="letter")
    context = {
        "form": form,
        "line": appointment_record(request.actor, pk).line,
        "draft": draft,
        "why": why,
        "query": request.GET.urlencode(),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "referrals/letters/prepare.html", context, status=status)


@require_safe
def preview(request: Request, pk: UUID) -> HttpResponse:
    """The pages of the letter, before it is kept."""
    appointment = _writable(request, pk)
    form = _form(request, appointment)
    if not form.is_valid():
        raise Invalid("Choisissez un modèle de la liste.")
    draft = draft_letter(request.actor, appointment=appointment, **form.values())
    record_access("printed", subject=appointment, detail="letter draft")
    return pdf_answer(letter_pdf([draft.content], at=request.actor.now), NAME)


@require_safe
def print_letter(request: Request, pk: UUID) -> HttpResponse:
    """The pages of a letter that was kept, word for word."""
    letter = get_letter(request.actor, pk)
    record_access("printed", subject=letter)
    return pdf_answer(letter_pdf([letter.content], at=letter.made_at), NAME)


def _writable(request: Request, pk: UUID) -> Appointment:
    appointment = get_appointment(request.actor, pk)
    require(request.actor, "letter.write", appointment)
    return appointment


def _form(request: Request, appointment: Appointment) -> LetterForm:
    kinds = kinds_for(appointment, letters_about(request.actor, appointment))
    asked = {"kind": kinds[0][0], "channel": "post", "contact": appointment.contact, "motive": appointment.motive}
    asked |= request.GET.dict()
    given: Any = request.POST if request.method == "POST" else asked
    return LetterForm(given, kinds=kinds, reword=bool(unkind_of(appointment)))


def _drafted(request: Request, appointment: Appointment, form: LetterForm) -> tuple[Draft | None, str]:
    """The letter as it stands, or why there is none."""
    if not form.is_valid():
        return None, ""
    try:
        return draft_letter(request.actor, appointment=appointment, **form.values()), ""
    except Conflict as error:
        return None, error.message
    except Invalid as error:
        refuse(form, error)
        return None, ""
