"""The texts of letters: read, changed, tried on an invented person, brought back to the text of origin."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.documents.letter import example, letter_pdf
from referrals.documents.texts import VARIABLES, Text
from referrals.documents.wording import problems
from referrals.forms.letters import TextForm
from referrals.selectors.letters import get_text, texts, versions
from referrals.services.letters.texts import restore_text, save_text
from referrals.views.appointments import pdf_answer

NAME = "essai.pdf"


@require_safe
def index(request: Request) -> HttpResponse:
    """The text in use for each kind of letter."""
    return render(request, "referrals/letters/texts.html", {"texts": texts(request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, kind: str) -> HttpResponse:
    """Change a text; what it gives on an invented person stands beside it."""
    actor, used = request.actor, get_text(request.actor, kind)
    form = _form(request, used.text, used.number)

    def save() -> object:
        given = form.cleaned_data
        return save_text(actor, kind=kind, text=form.text, after=given["after"], reason=given["reason"])

    if submit(request, form, save):
        messages.success(request, "Texte enregistré : les prochains courriers l'emploient.")
        return redirect("letter_text", kind)
    text = form.text if form.is_bound and {"subject", "body"} <= set(form.cleaned_data) else used.text
    context = {
        "form": form,
        "used": used,
        "variables": VARIABLES,
        "versions": versions(actor, kind),
        "content": None if problems(text) else example(text, actor),
    }
    return render(request, "referrals/letters/text.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def try_out(request: Request, kind: str) -> HttpResponse:
    """The pages on an invented person: of the text in use (GET), of the one being written (POST, nothing kept)."""
    used = get_text(request.actor, kind)
    form = _form(request, used.text, used.number)
    if not form.is_bound:
        return _pdf(request.actor, used.text)
    if not form.is_valid() or (wrong := problems(form.text)):
        raise Invalid("Ce texte est à corriger avant l'essai.", fields=wrong if form.is_valid() else {})
    return _pdf(request.actor, form.text)


@require_POST
def restore(request: Request, kind: str) -> HttpResponse:
    """Come back to the text of origin."""
    restore_text(request.actor, kind=kind, after=get_text(request.actor, kind).number)
    messages.success(request, "Le texte d'origine est de nouveau en usage ; le vôtre reste parmi les versions.")
    return redirect("letter_text", kind)


def _form(request: Request, text: Text, number: int) -> TextForm:
    initial = {"subject": text.subject, "body": text.body, "after": number}
    return TextForm(request.POST if request.method == "POST" else None, initial=initial)


def _pdf(actor: Actor, text: Text) -> HttpResponse:
    return pdf_answer(letter_pdf([example(text, actor)], at=actor.now), NAME)
