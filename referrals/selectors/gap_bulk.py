"""The preview of a gesture on several gaps: which lines it takes, which it refuses and why; whom one may entrust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from hub.core.access import can, visible
from hub.core.actor import Actor
from partners.models import Team
from referrals.models import RegistrationGap
from referrals.selectors.gaps import JOINED, GapLine, today_lines
from referrals.services.gap_assign import following_members
from referrals.services.gap_bulk import MOST, NEEDS
from referrals.workflows import GAP

GESTURES = {
    "acknowledge": "Marquer comme vues",
    "take_charge": "Prendre en charge",
    "reassign": "Confier à quelqu'un d'autre",
    "justify": "Justifier jusqu'à une date",
    "summon": "Convoquer",
    "export": "Exporter en CSV",
}
GUARDED = {"export": "gap.export", "summon": "campaign.list"}  # gestures with a rule of their own
CSV_HEADER = ("Personne", "Territoire", "Situation", "Signalée le", "Référent", "État", "Déjà connu")


@dataclass(frozen=True, slots=True)
class Preview:
    """Lines the gesture would take, and those it would refuse with the sentence why."""

    lines: list[GapLine]
    refused: list[tuple[GapLine, str]]
    too_many: bool


def preview(actor: Actor, name: str, asked: Iterable[str]) -> Preview:
    """Five queries, whatever the number of lines; unknown and foreign ids are simply not there."""
    ids = [pk for one in asked if (pk := _uuid(one))]
    rows = visible(actor, RegistrationGap).filter(pk__in=ids[:MOST]).select_related(*JOINED).order_by("-opened_at")
    found = today_lines(actor, rows)
    fits = [line for line in found if not _refusal(name, line)]
    refused = [(line, why) for line in found if (why := _refusal(name, line))]
    return Preview(fits, refused, len(ids) > MOST)


def gestures(actor: Actor) -> list[tuple[str, str]]:
    """What the list offers to do on several lines."""
    return [(name, label) for name, label in GESTURES.items() if name not in GUARDED or can(actor, GUARDED[name])]


def targets(actor: Actor) -> list[tuple[str, str]]:
    """Whom one may entrust gaps to: teams and members of one's organisation, and the Département's team."""
    own = {"organization": actor.organization_id}
    teams = visible(actor, Team).filter(**own, sees_people=True)
    members = following_members(actor).select_related("user", "team")
    return [
        ("department", "L'équipe du Département (CMS de la commune)"),
        *((f"team:{team.pk}", f"Équipe {team}") for team in teams),
        *((f"member:{one.pk}", str(one.user)) for one in members if one.team is None or one.team.sees_people),
    ]


def export_rows(lines: Iterable[GapLine]) -> Iterator[tuple[object, ...]]:
    """What the list shows, at the reader's own level."""
    for line in lines:
        yield (
            line.name, line.territory, line.kind, line.gap.opened_at.date(), line.follower,
            line.gap.get_state_display(), " · ".join(line.known),
        )  # fmt: skip


def _refusal(name: str, line: GapLine) -> str:
    """Why the gesture leaves this line aside; whose absence is explained is not convened by default (domain §5)."""
    if name in NEEDS and NEEDS[name] not in GAP.allowed_from(line.gap.state):
        return f"L'état est « {line.gap.get_state_display()} »"
    return " · ".join(line.known) if name == "summon" else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
