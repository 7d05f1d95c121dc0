"""Every route of the product, walked from the resolver: nothing is listed by hand."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter
from django.urls.resolvers import RoutePattern

from hub.core.answers import DESCRIPTION
from tests.access.world import World

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

# What stands before an id in an address → the object of the world it names. A kind that is not here fails the tests.
PERSONAL = {
    "personnes/": "helped",
    "orientations/": "proposal",
    "decisions/": "support",
    "suivis/": "udaf_assignment",
    "ouvertures/": "opening",
    "inscriptions/": "gap",
    "inscriptions/gestes/": "gap_gesture",
    "inscriptions/vues/": "gap_view",
    "repertoire/recherches/": "saved_search",
    "repertoire/suggestions/": "suggestion",
    "repertoire/fichiers/": "people_job",
    "formations/abonnements/": "calendar_feed",
    "candidatures/": "candidacy",
    "api/v1/registration-gaps/gestures/": "gap_gesture",
    "formations/actions/inscriptions/": "enrolment",
    "formations/actions/modeles/": "action_model",
    "imports/": "people_job",
    "imports/a-rapprocher/": "doubtful_row",
    "imports/decisions/": "match_decision",
    "rendez-vous/": "appointment",
    "courriers/": "letter",
    "courriers/lots/": "letter_batch",
    "convocations/": "campaign",
    "convocations/personnes/": "summons",
    "invitations/": "invitation",
    "membres/": "siae_member",
    "mon-compte/absences/": "absence",
    "mon-compte/cles/": "siae_worker_token",
    "formations/listes/": "roster_job",
    "formations/sorties/": "helped_trainee",
    "formations/sorties/emplois/": "placement",
    "api/v1/rosters/": "roster_job",
    "api/v1/training-ends/": "helped_trainee",
    "api/v1/placements/": "placement",
    "api/v1/beneficiaries/": "helped",
    "api/v1/referrals/": "proposal",
    "api/v1/registration-gaps/": "gap",
    "api/v1/imports/": "people_job",
    "api/v1/imports/matches/": "doubtful_row",
    "api/v1/imports/decisions/": "match_decision",
    "api/v1/appointments/": "appointment",
    "api/v1/enrolments/": "enrolment",
    "api/v1/action-models/": "action_model",
    "api/v1/campaigns/": "campaign",
    "api/v1/candidacies/": "candidacy",
}
# What everybody of the Département knows: only the other Département is a stranger to it.
COMMON = {
    "reseau/": "siae_organization",
    "reseau/equipes/": "team",
    "repertoire/": "service",
    "formations/actions/": "action",
    "formations/actions/seances/": "session",
    "api/v1/services/": "service",
    "api/v1/training-sessions/": "training_session",
    "api/v1/collective-actions/": "action",
    "api/v1/open-posts/": "post",
    "api/v1/action-sessions/": "session",
    "territoires/": "territory",
    "formations/sessions/": "training_session",
    "convocations/creneaux/": "slot",
    "rendez-vous/seances-communes/": "joint_slot",
    "inscriptions/reglages/motifs/": "exit_code",
    "inscriptions/reglages/listes/": "expected",
    "api/v1/slots/": "slot",
    "api/v1/organizations/": "siae_organization",
}
# Parameters that name no object.
WORDS = {
    "line": "2",
    "step": "besoin",
    "name": "accept",
    "instant": "0",
    "token": "rien",
    "code": "57",
    "rest": "rien",
    "kind": "accept",
    "transition": "accept",
}


@dataclass(frozen=True)
class Route:
    """One address: its pattern, its view and the rule it declares."""

    pattern: str
    name: str
    view: Callable[..., Any]
    ids: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def access(self) -> str | None:
        return getattr(self.view, "access", None) or settings.THIRD_PARTY_ACCESS.get(self.name)

    @property
    def api(self) -> bool:
        return self.pattern.startswith("api/") and f"/{self.pattern}" != DESCRIPTION

    @property
    def kind(self) -> str:
        """What stands before the id."""
        return self.pattern[: self.pattern.index("<")]

    def url(self, **given: object) -> str:
        """The address with these ids; words get an ordinary value."""
        return "/" + PARAMETER.sub(lambda m: str(given.get(m[1]) or WORDS.get(m[1], "1")), self.pattern)

    def for_object(self, pk: object) -> str:
        return self.url(**dict.fromkeys(self.ids, pk))

    def for_nobody(self) -> str:
        return self.for_object(uuid.uuid4())


def routes() -> list[Route]:
    """All of them, libraries included."""
    return list(_walk(get_resolver(), "", {}))


def _walk(resolver: URLResolver, prefix: str, converters: dict[str, Any]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + _text(entry.pattern)
        known = converters | entry.pattern.converters
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern, known)
        elif isinstance(entry, URLPattern):
            ids = tuple(name for name, converter in known.items() if isinstance(converter, UUIDConverter))
            words = tuple(name for name in known if name not in ids)
            yield Route(pattern, entry.name or "", entry.callback, ids, words)


def _text(pattern: Any) -> str:
    """Libraries write some routes as regular expressions."""
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(pattern).strip("^$").replace("\\", ""))


def object_of(world: World, route: Route) -> Any:
    """The object of the world an address with an id speaks of; KeyError for a kind nobody has described."""
    name = (PERSONAL | COMMON)[route.kind]
    cast = world.cast
    extra = {
        "siae_member": cast.siae_worker,
        "siae_organization": cast.siae,
        "team": cast.agency_metz,
        "territory": cast.metz,
    }
    return extra.get(name) or getattr(world, name)
