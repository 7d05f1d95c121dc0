"""My account: organisations I act for, my telephone, my keys for machines."""

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
from partners.forms import PhoneForm, TokenForm
from partners.models import ApiToken
from partners.selectors.accounts import my_memberships, my_tokens
from partners.services import tokens as services
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
    return _account(request, phone_form=form, token_form=TokenForm(auto_id="key_%s"))


@require_POST
@never_cache
def token_new(request: Request) -> HttpResponse:
    """The key is shown on the answer itself, this once: it stands nowhere else."""
    form = TokenForm(request.POST, auto_id="key_%s")
    made = submit(request, form, lambda: services.create_token(request.actor, **form.cleaned_data))
    phone_form = PhoneForm(initial={"phone": request.user.phone})
    if made is None:
        return _account(request, phone_form=phone_form, token_form=form)
    return _account(request, phone_form=phone_form, token_form=TokenForm(auto_id="key_%s"), new=made)


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
    request: Request, *, phone_form: PhoneForm, token_form: TokenForm, new: tuple[ApiToken, str] | None = None
) -> HttpResponse:
    actor = request.actor
    context = {
        "memberships": my_memberships(request.user),
        "phone_form": phone_form,
        "token_form": token_form if actor else None,
        "tokens": paginate(my_tokens(actor), order=("-created_at", "pk"), after=request.GET.get("after", ""), size=PAGE)
        if actor
        else None,
        "new": new,
        "now": actor.now if actor else None,
    }
    wrong = phone_form.errors or token_form.errors
    return render(request, "partners/account.html", context, status=UNPROCESSABLE if wrong else 200)
