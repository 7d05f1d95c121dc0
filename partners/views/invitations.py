"""Inviting, sending again, revoking; and the page a link opens."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hub.core.errors import NotVisible
from hub.core.pages import paginate
from partners.actors import SESSION_KEY
from partners.forms import AcceptForm, InvitationFilter, InvitationForm
from partners.models import Invitation, Membership, Organization, User
from partners.selectors.access import INVITATION_ORDER, invitations
from partners.services import invitations as services
from partners.views.pages import UNPROCESSABLE, Request, find, form_page, submit

PAGE = 25


@require_safe
def invitation_index(request: Request) -> HttpResponse:
    """Pending and expired invitations: the expiry report."""
    actor = request.actor
    filters = InvitationFilter(request.GET, auto_id="filter_%s")
    found = invitations(actor, **filters.values())
    page = paginate(found, order=INVITATION_ORDER, after=request.GET.get("after", ""), size=PAGE)
    context = {
        "page": page,
        "total": found.count(),
        "expired": invitations(actor, state="expired").count(),
        "filters": filters,
        "now": actor.now,
    }
    return render(request, "partners/invitations.html", context)


def invitation_new(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    organization = find(actor, Organization, pk, "invitation.send", "kind")
    form = InvitationForm(request.POST or None, actor=actor, organization=organization)
    back = reverse("members", args=[pk])
    made = submit(
        request, form, lambda: services.send_invitation(actor, organization=organization, **form.cleaned_data)
    )
    if made:
        messages.success(request, f"Invitation envoyée à {made.email}.")
        return redirect(back)
    title = f"Inviter un membre · {organization.name}"
    return form_page(request, form, title=title, button="Envoyer l'invitation", cancel_url=back)


@require_POST
def invitation_resend(request: Request, pk: UUID) -> HttpResponse:
    invitation = find(request.actor, Invitation, pk, "invitation.send", "organization")
    services.resend_invitation(request.actor, invitation=invitation)
    messages.success(request, f"Nouvelle invitation envoyée à {invitation.email} ; l'ancien lien ne marche plus.")
    return redirect("members", invitation.organization_id)


@require_POST
def invitation_revoke(request: Request, pk: UUID) -> HttpResponse:
    invitation = find(request.actor, Invitation, pk, "invitation.send", "organization")
    services.revoke_invitation(request.actor, invitation=invitation)
    messages.success(request, f"Invitation de {invitation.email} retirée : son lien ne marche plus.")
    return redirect("members", invitation.organization_id)


@never_cache
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """One page for every case: a dead link, another account, an account to sign in to, a new account."""
    now = datetime.now(UTC)
    try:
        invitation = services.open_invitation(token, now=now)
    except NotVisible as error:
        return render(request, "partners/invitation_gone.html", {"sentence": error.message}, status=error.status)
    if request.user.is_authenticated:
        return _with_account(request, invitation, token, now)
    if services.has_account(invitation):
        return render(request, "partners/invitation_sign_in.html", {"invitation": invitation})
    return _with_new_account(request, invitation, token, now)


def _with_account(request: HttpRequest, invitation: Invitation, token: str, now: datetime) -> HttpResponse:
    assert isinstance(request.user, User)
    if request.user.email.lower() != invitation.email:
        context = {"sentence": services.OTHER_ADDRESS}
        return render(request, "partners/invitation_other.html", context, status=403)
    if request.method != "POST":
        return render(request, "partners/invitation_join.html", {"invitation": invitation})
    membership = services.accept_with_account(token=token, user=request.user, now=now)
    return _welcome(request, membership)


def _with_new_account(request: HttpRequest, invitation: Invitation, token: str, now: datetime) -> HttpResponse:
    initial = {"first_name": invitation.first_name, "last_name": invitation.last_name}
    form = AcceptForm(request.POST or None, initial=initial, email=invitation.email)
    membership = submit(request, form, lambda: _open_account(form, token, now))
    if membership:
        login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return _welcome(request, membership)
    context = {"form": form, "invitation": invitation}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "partners/invitation_accept.html", context, status=status)


def _open_account(form: AcceptForm, token: str, now: datetime) -> Membership:
    given = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "password")}
    return services.accept_with_new_account(token=token, now=now, **given)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(membership.pk)
    messages.success(request, f"Bienvenue. Vous agissez maintenant pour {membership.organization.name}.")
    return redirect(settings.LOGIN_REDIRECT_URL)
