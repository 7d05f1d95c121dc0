"""Who has access to what: members, their functions, keys and pending invitations, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.text import fold, without_accents
from partners.models import Function, Invitation, Membership

# Names of members have no folded column: they are folded in SQL, on a few thousand rows at most.
_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
MEMBER_ORDER = ("user__last_name", "user__first_name", "pk")
INVITATION_ORDER = ("email", "pk")
EXPORT_HEADER = (
    "Nom",
    "Prénom",
    "E-mail",
    "Organisation",
    "Type",
    "Équipe",
    "Rôle",
    "Fonctions",
    "Territoires",
    "Actif",
    "Dernière connexion",
    "Clés en service",
)


def members(
    actor: Actor, *, q: str = "", organization: str = "", function: str = "", territory: str = "", state: str = ""
) -> QuerySet[Membership]:
    """Memberships one may see, with the number of keys in service.

    `state`: active, inactive, never (never signed in) or keys (at least one key in service).
    """
    found = visible(actor, Membership).select_related("user", "organization__kind", "team")
    in_service = Q(tokens__revoked_at=None, tokens__expires_at__gt=actor.now)
    found = found.prefetch_related("territories").annotate(key_count=Count("tokens", filter=in_service, distinct=True))
    for word in fold(q).split():
        found = _named(found, word)
    if organization:
        found = found.filter(organization_id=organization)
    if function:
        found = found.filter(functions__contains=[function])
    if territory:
        found = found.filter(territories__pk=territory)
    return _in_state(found, state)


def invitations(actor: Actor, *, q: str = "", organization: str = "", state: str = "") -> QuerySet[Invitation]:
    """Invitations not accepted; `state`: waiting, expired (their link no longer works) or unsent (mail not gone)."""
    found = visible(actor, Invitation).filter(accepted_at=None).select_related("organization", "team", "invited_by")
    if q:
        found = found.filter(Q(email__icontains=q.strip()) | Q(last_name__icontains=q.strip()))
    if organization:
        found = found.filter(organization_id=organization)
    if state == "waiting":
        found = found.filter(expires_at__gt=actor.now)
    if state == "expired":
        found = found.filter(expires_at__lte=actor.now)
    if state == "unsent":
        found = found.filter(mailed_at=None, expires_at__gt=actor.now)
    return found


def export_rows(memberships: QuerySet[Membership]) -> Iterator[tuple[object, ...]]:
    """One row per membership, for a spreadsheet."""
    for member in memberships:
        yield (
            member.user.last_name,
            member.user.first_name,
            member.user.email,
            member.organization.name,
            member.organization.kind.label,
            member.team.name if member.team else "",
            member.get_role_display(),
            ", ".join(function_names(member.functions)),
            ", ".join(territory.name for territory in member.territories.all()),
            member.active and member.user.is_active,
            _local(member.user.last_login),
            vars(member)["key_count"],
        )


def function_names(functions: list[str]) -> list[str]:
    """Short French names, without what follows the colon."""
    return [Function(name).label.partition(" : ")[0] for name in functions]


def _named(found: QuerySet[Membership], word: str) -> QuerySet[Membership]:
    plain = without_accents(_ACCENTED)

    def folded(column: str) -> Func:
        return Func(Lower(F(column)), Value(_ACCENTED), Value(plain), function="translate")

    found = found.alias(first=folded("user__first_name"), last=folded("user__last_name"))
    named = Q(first__contains=word) | Q(last__contains=word)
    return found.filter(named | Q(user__email__contains=word) | Q(organization__search_name__contains=word))


def _in_state(found: QuerySet[Membership], state: str) -> QuerySet[Membership]:
    if state == "active":
        return found.filter(active=True)
    if state == "inactive":
        return found.filter(active=False)
    if state == "never":
        return found.filter(active=True, user__last_login=None)
    if state == "keys":
        return found.filter(Q(key_count__gt=0))
    return found


def _local(instant: datetime | None) -> datetime | None:
    return instant.astimezone(PARIS) if instant else None
