"""My account: organisations I act for, my telephone, my absences, my keys for machines."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hub.core.access import get_visible
from hub.core.errors import NotVisible
from hub.core.pages import paginate
from partners.actors import SESSION_KEY
from partners.forms import AbsenceForm, PhoneForm, TokenForm
from partners.models import Absence, ApiToken
from partners.selectors.accounts import absences_of, my_memberships, my_tokens
from partners.services import tokens as services
from partners.services.absences import declare_absence, withdraw_absence
from partners.services.accounts import change_phone, own_membership
from partners.views.pages import UNPROCESSABLE, Request, submit

PAGE = 20


@never_cache
def account_page(request: Request) -> HttpResponse:
    """Also the page of somebody without organisation any more: his account stays his."""
    form = PhoneForm(request.POST or None, initial={"phone": request.user.phone})
    if submit(request, form, lambda: change_phone(user=request.user, phone=form.cleaned_data["phone"])):
        messages.success(request, "Téléphone enregistré.")
        return redirect("account")
    return _account(request, phone_form=form)


@require_POST
@never_cache
def token_new(request: Request) -> HttpResponse:
    """The key is shown on the answer itself, this once: it stands nowhere else."""
    form = TokenForm(request.POST, auto_id="key_%s")
    made = submit(request, form, lambda: services.create_token(request.actor, **form.cleaned_data))
    return _account(request, token_form=form) if made is None else _account(request, new=made)


@require_POST
def absence_new(request: Request) -> HttpResponse:
    form = AbsenceForm(request.POST, actor=request.actor, auto_id="absence_%s")
    if submit(request, form, lambda: declare_absence(request.actor, **form.cleaned_data)) is None:
        return _account(request, absence_form=form)
    messages.success(request, "Absence notée : ce qui vous attend sera aussi dit à qui vous remplace.")
    return redirect("account")


@require_POST
def absence_withdraw(request: Request, pk: UUID) -> HttpResponse:
    absence = get_visible(request.actor, Absence, pk, "membership")
    withdraw_absence(request.actor, absence=absence)
    messages.success(request, "Absence retirée.")
    mine = absence.membership_id == request.actor.membership_id
    return redirect("account") if mine else redirect("member_absences", absence.membership_id)


@require_POST
def token_revoke(request: Request, pk: UUID) -> HttpResponse:
    token = get_visible(request.actor, ApiToken, pk, "membership")
    services.revoke_token(request.actor, token=token)
    messages.success(request, f"La clé « {token.label} » ne fonctionne plus.")
    return redirect("account" if token.membership.user_id == request.user.pk else "access_review")


@require_POST
def switch_membership(request: Request) -> HttpResponse:
    """Act for another of one's organisations; the session gets a new key, as at sign-in."""
    try:
        chosen = UUID(request.POST.get("membership", ""))
    except ValueError as error:
        raise NotVisible from error
    membership = own_membership(user=request.user, pk=chosen)
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(membership.pk)
    messages.success(request, f"Vous agissez maintenant pour {membership.organization.name}.")
    return redirect("home")


def _account(
    request: Request,
    *,
    phone_form: PhoneForm | None = None,
    token_form: TokenForm | None = None,
    absence_form: AbsenceForm | None = None,
    new: tuple[ApiToken, str] | None = None,
) -> HttpResponse:
    """The page with the form that was refused, if any; the others as they come."""
    actor = request.actor
    wrong = any(form is not None and form.errors for form in (phone_form, token_form, absence_form))
    context: dict[str, object] = {
        "memberships": my_memberships(request.user),
        "phone_form": phone_form or PhoneForm(initial={"phone": request.user.phone}),
        "new": new,
    }
    if actor:
        keys = paginate(my_tokens(actor), order=("-created_at", "pk"), after=request.GET.get("after", ""), size=PAGE)
        context |= {
            "token_form": token_form or TokenForm(auto_id="key_%s"),
            "tokens": keys,
            "absence_form": absence_form or AbsenceForm(actor=actor, auto_id="absence_%s"),
            "absences": absences_of(actor, actor.membership_id),
            "now": actor.now,
        }
    return render(request, "partners/account.html", context, status=UNPROCESSABLE if wrong else 200)
