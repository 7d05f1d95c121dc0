"""The one place where a request becomes an Actor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.http import HttpRequest

from hub.core.actor import DEPARTMENT, PARTNER, Actor
from hub.core.crypto import token_hash
from hub.core.errors import SignInRequired
from hub.core.prepared import prepared
from partners.models import ApiToken, Department, Function, Membership, Organization, Team, User

SESSION_KEY = "membership"
BEARER = "Bearer "


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a request: from its bearer token (one query), else from the session; read again every time.

    The membership stays on the request, with its organisation and team: what shows them need not read them again.
    None for anonymous visitors and for accounts without an active membership. Raises `SignInRequired`
    for a token that is unknown, expired or revoked.
    """
    now = datetime.now(UTC)
    header = request.headers.get("Authorization", "")
    if header.startswith(BEARER):
        found = _membership_of_token(header[len(BEARER) :].strip(), now)
        request.user = found.user
        request.membership = found  # type: ignore[attr-defined]
        return actor_from(found, now)
    if not request.user.is_authenticated:
        return None
    request.memberships = active = memberships_of(request.user)  # type: ignore[attr-defined]
    request.membership = current = current_membership(active, request.session.get(SESSION_KEY))  # type: ignore[attr-defined]
    return actor_from(current, now) if current else None


def key_of(request: HttpRequest) -> UUID | None:
    """The API key a request came with, if any."""
    return getattr(getattr(request, "membership", None), "key_id", None)


def memberships_of(user: User) -> list[Membership]:
    """Every organisation this user may act for, with its Département; left on the request for the page's frame."""
    read: list[Membership] | None = getattr(user, "active_memberships", None)  # by `signed_in`, for this very request
    return _memberships_of(user.pk)[1] if read is None else read


def signed_in(user_id: UUID | str) -> User | None:
    """The user of a session, with `active_memberships`: one query says who is asking and for whom he may act."""
    user, active = _memberships_of(user_id)
    if user is not None:
        user.active_memberships = active  # type: ignore[attr-defined]
    return user


def current_membership(active: list[Membership], chosen: str | None) -> Membership | None:
    """The membership the user switched to, else the first active one."""
    return next((m for m in active if str(m.pk) == chosen), active[0] if active else None)


def actor_from(membership: Membership, now: datetime) -> Actor:
    """The frozen actor of a membership (its territories cost one query, unless they were read with it)."""
    return Actor(
        department_id=membership.department_id,
        role=DEPARTMENT if membership.organization.kind_id == "department" else PARTNER,
        now=now,
        user_id=membership.user_id,
        membership_id=membership.pk,
        organization_id=membership.organization_id,
        team_id=membership.team_id,
        kind=membership.organization.kind_id,
        functions=frozenset(membership.functions),
        territories=_territories_of(membership) | _territory_of(membership.team),
        manager=membership.role == "manager",
        sees_people=membership.team is None or membership.team.sees_people,
        choices=membership.department.choices,
    )


def guest_of(organization: Organization, department_id: UUID, now: datetime) -> Actor:
    """Somebody of this organisation without an account, let in by a signed link and a code for one referral.

    He acts for the whole organisation, so that a referral to any of its teams can be answered; the pages of the link
    show that one referral and nothing else.
    """
    return Actor(
        department_id=department_id,
        role=PARTNER,
        now=now,
        organization_id=organization.pk,
        kind=organization.kind_id,
        functions=frozenset({Function.COUNSELLING.value}),
        manager=True,
    )


def _territories_of(membership: Membership) -> frozenset[UUID]:
    read: list[UUID] | None = getattr(membership, "territory_ids", None)
    return frozenset(one.pk for one in membership.territories.all()) if read is None else frozenset(read)


def _territory_of(team: Team | None) -> frozenset[UUID]:
    return frozenset({team.territory_id}) if team and team.territory_id else frozenset()


# Written out: every request runs one of them, and to compose it would cost more than to run it.
_JOINED: tuple[tuple[str, type[Model]], ...] = (
    ("m", Membership), ("u", User), ("o", Organization), ("d", Department), ("t", Team),
)  # fmt: skip
COLUMNS = ", ".join(f'{name}."{column.column}"' for name, model in _JOINED for column in model._meta.concrete_fields)
COLUMNS += ", ARRAY(SELECT p.territory_id FROM partners_membership_territories p WHERE p.membership_id = m.id)"
OF_USER = """
SELECT {columns}
  FROM partners_user u
  LEFT JOIN (partners_membership m JOIN partners_organization o ON o.id = m.organization_id AND o.active
             JOIN partners_department d ON d.id = m.department_id
             LEFT JOIN partners_team t ON t.id = m.team_id) ON m.user_id = u.id AND m.active AND u.is_active
 WHERE u.id = %s ORDER BY o.name, d.code"""
OF_KEY = """
SELECT {columns}, k.id, k.last_used_on
  FROM partners_apitoken k
  JOIN partners_membership m ON m.id = k.membership_id AND m.active
  JOIN partners_user u ON u.id = m.user_id AND u.is_active
  JOIN partners_organization o ON o.id = m.organization_id AND o.active
  JOIN partners_department d ON d.id = m.department_id
  LEFT JOIN partners_team t ON t.id = m.team_id
 WHERE k.token_hash = %s AND k.revoked_at IS NULL AND k.expires_at > %s"""


def _membership_of_token(token: str, now: datetime) -> Membership:
    rows = _run(OF_KEY, token_hash(token), now)
    if not rows:
        raise SignInRequired("Cette clé d'accès n'est pas valable, a expiré ou a été révoquée.", code="invalid_token")
    *columns, key, used_on = rows[0]
    if used_on != now.date():
        ApiToken.objects.filter(pk=key).update(last_used_on=now.date())
    found: Membership = _read(columns)[0]
    found.key_id = key  # type: ignore[attr-defined]
    return found


def _memberships_of(user_id: UUID | str) -> tuple[User | None, list[Membership]]:
    """The user, if there is one, and his active memberships, by the name of the organisation."""
    read = [_read(row) for row in _run(OF_USER, user_id)]
    return (read[0][1] if read else None), [membership for membership, _ in read if membership is not None]


def _run(statement: str, *values: Any) -> list[Any]:
    with prepared(), connection.cursor() as cursor:
        cursor.execute(statement.format(columns=COLUMNS), values)
        return cursor.fetchall()


def _read(columns: Sequence[Any]) -> tuple[Any, Any]:
    """The membership with all it hangs on, if any, and the user, from the columns of `COLUMNS`."""
    rows, begin = [], 0
    for _, model in _JOINED:
        fields = model._meta.concrete_fields
        own, begin = columns[begin : begin + len(fields)], begin + len(fields)
        rows.append(_row(model, fields, own) if own[0] else None)
    membership, user, organization, department, team = rows
    if membership is not None:
        membership.user, membership.organization, membership.department, membership.team = (
            user, organization, department, team,
        )  # fmt: skip
        membership.territory_ids = columns[begin]
    return membership, user


def _row(model: type[Model], fields: Any, values: Sequence[Any]) -> Any:
    """One object, as Django reads it (a JSON column comes as text)."""
    read = [
        one.from_db_value(value, None, connection) if hasattr(one, "from_db_value") else value
        for one, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [one.attname for one in fields], read)
