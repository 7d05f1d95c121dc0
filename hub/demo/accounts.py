"""Who one may be in the demo: the accounts as they are in the database, with a password and a fresh token."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from hub.demo.network import ACCOUNTS, BY_EMAIL, EVERYWHERE, PASSWORD
from partners.actors import actor_from
from partners.models import ApiToken, Function, Membership
from partners.services.tokens import create_token, revoke_token

TOKEN_LABEL = "Démonstration"  # noqa: S105  (a name, not a secret)
TOKENS_KEPT = 5  # asked for again and again, the older ones stop


@dataclass(frozen=True, slots=True)
class Account:
    """One invented member, as `demo_accounts` and the demo's page show him."""

    key: str
    title: str
    name: str
    organization: str
    kind: str
    role: str
    functions: list[str]
    team: str
    territory: str
    territories: list[str]
    department: str
    email: str
    password: str
    membership: str

    @property
    def duties(self) -> str:
        """The functions in words."""
        return ", ".join(Function(function).label for function in self.functions)


def accounts() -> list[Account]:
    """The demo's accounts, in the order of the network's plan."""
    found = {member.user.email: member for member in _members()}
    return [_account(found[plan.email]) for plan in ACCOUNTS if plan.email in found]


def with_tokens() -> list[dict[str, object]]:
    """The same as dictionaries, each with an API token made now."""
    members = {str(member.pk): member for member in _members()}
    told: list[dict[str, object]] = []
    for account in accounts():
        said = asdict(account)
        said["api_token"] = _fresh_token(members[account.membership])
        told.append(said)
    return told


def member_of(key: str) -> Membership | None:
    """The membership behind an account of the demo, None for anything else."""
    return next((member for member in _members() if BY_EMAIL[member.user.email].key == key), None)


def table(rows: list[Account]) -> str:
    """The accounts for a terminal."""
    titles = ("Rôle", "Organisation", "Territoire", "Adresse e-mail")
    lines = [(row.title, row.organization, row.territory, row.email) for row in rows]
    widths = [max(len(line[column]) for line in (titles, *lines)) for column in range(len(titles))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in (titles, *lines))


def _members() -> list[Membership]:
    return list(
        Membership.objects.filter(user__email__in=BY_EMAIL, active=True)
        .select_related("user", "organization", "department", "team")
        .prefetch_related("territories")
    )


def _account(member: Membership) -> Account:
    plan = BY_EMAIL[member.user.email]
    territories = sorted(member.territories.all(), key=lambda territory: territory.code)
    everywhere = len(territories) == len(EVERYWHERE)
    return Account(
        key=plan.key,
        title=plan.title,
        name=str(member.user),
        organization=member.organization.name,
        kind=member.organization.kind_id,
        role=member.role,
        functions=list(member.functions),
        team=member.team.name if member.team else "",
        territory="Tout le Département" if everywhere else ", ".join(str(one) for one in territories),
        territories=[territory.code for territory in territories],
        department=member.department.code,
        email=member.user.email,
        password=PASSWORD,
        membership=str(member.pk),
    )


def _fresh_token(member: Membership) -> str:
    actor = actor_from(member, datetime.now(UTC))
    mine = ApiToken.objects.filter(membership=member, label=TOKEN_LABEL, revoked_at=None)
    for old in mine.order_by("-created_at")[TOKENS_KEPT - 1 :]:
        revoke_token(actor, token=old)
    _, text = create_token(actor, label=TOKEN_LABEL, days=30)
    return text
