"""OpenAPI: how the API is signed into, and the problems every route may answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from hub.core.answers import PROBLEM, TITLES

DESCRIPTION = """
Portes de Pacte pour les logiciels des partenaires.

**Clé d'accès.** Créez-la sur votre page « Mon compte » (ou `manage.py issue_token`), puis envoyez
`Authorization: Bearer <clé>`. Elle agit pour une personne dans une organisation, expire, et se révoque.
Depuis un navigateur connecté, la session suffit, avec l'en-tête `X-CSRFToken` pour chaque écriture.

**Pages.** Les listes répondent `{count, next, results}` : suivez `next` jusqu'à `null`. 100 lignes au plus par page.

**Erreurs.** `application/problem+json`, avec un `code` stable et une phrase `detail` en français. Un objet inconnu et
un objet auquel vous n'avez pas accès donnent la même réponse 404. Une action impossible donne 409, avec l'état présent.

**Sans doublon.** Avec l'en-tête `Idempotency-Key`, un POST répété n'a qu'un effet et redonne la première réponse.

**Ce que vous voyez d'une personne** dépend de votre relation avec elle (`level`) ; les champs absents ne vous sont pas
ouverts. Le NIR n'apparaît jamais, sauf à la demande, un par un, et chaque demande est journalisée.
""".strip()

CAUSES = {
    "400": "Les informations données sont à corriger (voir `fields`).",
    "401": "Clé d'accès absente, inconnue, expirée ou révoquée.",
    "403": "Votre habilitation ne permet pas cette action.",
    "404": "Objet inconnu, ou auquel vous n'avez pas accès.",
    "409": "La situation présente ne le permet pas (voir `state`).",
    "429": "Trop de demandes : voyez l'en-tête `Retry-After`.",
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Un refus, dit à la machine (`code`) et à la personne (`detail`).",
    "required": ["status", "code", "title", "detail"],
    "properties": {
        "status": {"type": "integer", "description": "Le même que celui de la réponse."},
        "code": {"type": "string", "description": "Stable : c'est lui qu'un programme lit."},
        "title": {"type": "string", "description": "Quelques mots en français, les mêmes pour tout ce statut."},
        "detail": {"type": "string", "description": "Phrase en français, à montrer telle quelle."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Pour chaque champ à corriger, une phrase.",
        },
        "state": {"type": "string", "description": "L'état présent, quand une action n'est plus possible."},
    },
    "example": {
        "status": 409,
        "code": "invalid_transition",
        "title": TITLES[409],
        "detail": "Action impossible : l'état est maintenant « Acceptée ».",
        "state": "accepted",
    },
}

CUSTOM_SETTINGS = {
    "DESCRIPTION": DESCRIPTION,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "hub.api.schema.add_problems",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "ReferralStateEnum": "referrals.models.ReferralState",
        "ReferralNatureEnum": "referrals.models.Nature",
        "GapStateEnum": "referrals.models.GapState",
        "GapJustificationEnum": "referrals.serializers.gaps.JUSTIFICATION_CHOICES",
        "AppointmentKindEnum": "referrals.models.AppointmentKind",
        "CampaignStageEnum": "referrals.serializers.campaigns.STAGE_CHOICES",
        "CampaignStateEnum": "referrals.models.CampaignState",
        "ImportStateEnum": "partners.models.files.ImportState",
        "ListNatureEnum": "partners.models.files.ListNature",
        "OutcomeEnum": "referrals.models.referrals.Outcome",
        "TrainingOutcomeEnum": "collective_actions.models.Outcome",
        "PostContractEnum": "collective_actions.models.Contract",
        "PlacementContractEnum": "collective_actions.models.PlacementContract",
        "TrainingInterviewEnum": "collective_actions.models.Interview",
        "ServiceKindEnum": "partners.serializers_services.KIND_CHOICES",
    },
}


class ActorScheme(OpenApiAuthenticationExtension):
    """Both ways in, as OpenAPI names them."""

    target_class = "hub.api.authentication.ActorAuthentication"
    name = ["cle", "session"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "Clé d'accès d'un membre pour une organisation."},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Session d'un navigateur connecté."},
        ]


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may answer the same problems: said once, by reference."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["responses"] = {
        f"Problem{status}": {
            "description": cause,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, cause in CAUSES.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in CAUSES:
                if _possible(status, path, method):
                    operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    return result


def _possible(status: str, path: str, method: str) -> bool:
    if status == "409":
        return method == "post"
    return status != "404" or "{" in path
