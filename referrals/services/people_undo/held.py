"""Who stays as the file made her, and why: changed since, or something else now refers to her.

A person the file created stays whole, with her track and number; of a person it changed, only her pathway (track,
referent, access) is held together: her fields go back one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import ForeignKey, Model

from partners.models import ImportJob
from referrals.models import Beneficiary, NationalNumber, SupportAssignment, TrackDecision
from referrals.services.people_undo.written import TRACKED

OWN = {model: kind for kind, model in TRACKED.items()}
CHANGED = "modifiée depuis"
# What is said of somebody another row refers to, by model.
WHY = {
    "registrationentry": "figure sur une liste d'inscription",
    "registrationstatus": "figure sur une liste d'inscription",
    "registrationmonth": "figure sur une liste d'inscription",
    "registrationgap": "a une inscription à vérifier",
    "referral": "a été orientée vers un partenaire",
    "appointment": "a un rendez-vous",
    "letter": "a reçu un courrier",
    "summons": "est convoquée",
    "engagementcontract": "a un contrat",
    "barriernote": "des freins sont notés",
    "absenceexplanation": "a une absence expliquée",
    "registrationexemption": "a une dispense",
    "fileopening": "son dossier a été ouvert",
    "declaredlink": "un lien personnel est déclaré",
    "matchdecision": "une ligne de liste lui est attribuée",
}
ELSEWHERE = "un autre dossier s'y rapporte"
HELD = "CREATE TEMP TABLE held (person uuid, why text) ON COMMIT DROP"
SINCE = "SELECT person, %s FROM written w WHERE w.since AND (w.kind <> 'beneficiary' OR w.created)"
CREATED = "SELECT id, %s FROM written w WHERE w.kind = 'beneficiary' AND w.created"
NUMBER = """
SELECT n.beneficiary_id, %(why)s FROM referrals_nationalnumber n
  JOIN partners_importrow r ON r.job_id = %(job)s AND r.verdict = 'created' AND r.beneficiary_id = n.beneficiary_id
 WHERE n.hash IS DISTINCT FROM r.data->'nir'->>1
"""


def list_held(job: ImportJob) -> None:
    """Fill the temporary table `held`, beside `written`."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS held")
        cursor.execute(HELD)
        cursor.execute(f"INSERT INTO held {SINCE}", [CHANGED])
        cursor.execute(f"INSERT INTO held {NUMBER}", {"job": job.pk, "why": CHANGED})
        for statement, why in _references():
            cursor.execute(f"INSERT INTO held {statement}", [why])


def _references() -> Iterator[tuple[str, str]]:
    """Whatever refers to a row the file created, whichever app it belongs to, but for its own rows and histories."""
    for model, column in _tied_to(Beneficiary):
        if model is not NationalNumber:
            yield _referred("beneficiary", "w.id", model, column), _why(model)
    for parent in (TrackDecision, SupportAssignment):
        for model, column in _tied_to(parent):
            yield _referred(OWN[parent], "w.person", model, column), _why(model)


def _referred(kind: str, person: str, model: type[Model], column: str) -> str:
    kept = OWN.get(model)
    own = f" AND NOT EXISTS (SELECT 1 FROM written o WHERE o.kind = '{kept}' AND o.id = t.id AND o.created)"
    return (
        f"SELECT DISTINCT {person}, %s FROM written w JOIN {model._meta.db_table} t ON t.{column} = w.id"
        f" WHERE w.kind = '{kind}' AND w.created{own if kept else ''}"
    )


def _tied_to(parent: type[Model]) -> Iterator[tuple[type[Model], str]]:
    for relation in parent._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not relation.auto_created or relation.concrete or not isinstance(field, ForeignKey):
            continue
        if not hasattr(field.model, "pgh_tracked_model"):
            yield field.model, field.column


def _why(model: type[Model]) -> str:
    return CHANGED if model in OWN else WHY.get(model._meta.model_name or "", ELSEWHERE)
