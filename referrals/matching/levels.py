"""The matching rules, in order; the first with exactly one candidate wins, several stop the line for a person.

A rejected line is recognised too, so that its bad date is not taken for an absence. Two vetoes: both sides have a NIR
and they differ; birth dates differ. What the rule did not compare may say otherwise (`DOUBTS`): somebody looks then.
A fuzzy resemblance never matches.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hub.core.bulk import whole_tables

SAME_BIRTH = "b.birth_date = s.birth"
NO_OTHER_BIRTH = "(s.birth IS NULL OR b.birth_date IS NULL OR b.birth_date = s.birth)"
ANY_NAME = "(b.last_key IN (s.last, s.birth_name) OR (b.birth_key <> '' AND b.birth_key IN (s.last, s.birth_name)))"
# CNAF and Pôle emploi cut names at 25, 28 or 32 characters (formats §1.4).
CUT_NAME = (
    "(length(s.last) IN (25, 28, 32) AND (starts_with(b.last_key, s.last) OR starts_with(b.birth_key, s.last)))"
    " OR (length(b.last_key) IN (25, 28, 32) AND starts_with(s.last, b.last_key))"
)
# rule → condition; `b` is the person known, `s` the line.
LEVELS: tuple[tuple[str, str], ...] = (
    ("nir_birth", f"b.nir = s.nir AND {SAME_BIRTH}"),
    ("nir", "b.nir = s.nir AND (s.birth IS NULL OR b.birth_date IS NULL)"),
    ("pes_id", f"cardinality(s.pes) > 0 AND b.pes_keys && s.pes AND {SAME_BIRTH}"),
    (
        "caf",
        "s.number IS NOT NULL AND b.caf_number = s.number AND (s.org IS NULL OR b.caf_organization IN (s.org, ''))"
        " AND (s.role IS NULL OR b.caf_role IN (s.role, ''))"
        f" AND ({SAME_BIRTH} OR (b.first_key = s.first AND {NO_OTHER_BIRTH}))",
    ),
    ("internal_id", f"s.internal IS NOT NULL AND b.internal_id = s.internal AND {NO_OTHER_BIRTH}"),
    ("names_birth", f"{SAME_BIRTH} AND b.first_full_key = s.first_full AND ({ANY_NAME} OR {CUT_NAME})"),
    ("email", f"s.email IS NOT NULL AND b.email = s.email AND b.first_key = s.first AND {NO_OTHER_BIRTH}"),
    ("phone", f"s.phone IS NOT NULL AND b.phone = s.phone AND b.first_key = s.first AND {NO_OTHER_BIRTH}"),
)
LABELS = {
    "nir_birth": "NIR et date de naissance",
    "nir": "NIR seul",
    "pes_id": "identifiant de demandeur d'emploi et date de naissance",
    "caf": "numéro d'allocataire et rôle",
    "internal_id": "identifiant interne",
    "names_birth": "noms, prénom et date de naissance",
    "email": "adresse e-mail et prénom",
    "phone": "téléphone et prénom",
    "pes_names": "identifiant de demandeur d'emploi et noms",
    "family": "même fichier",
    "decision": "décision d'une personne",
}
MATCH = """
WITH found AS (
  SELECT s.line, array_agg(DISTINCT b.id) AS people
    FROM stage s JOIN known b ON {condition}
   WHERE s.person IS NULL AND s.candidates IS NULL AND (s.verdict IS NULL OR s.verdict = 'rejected') GROUP BY s.line)
UPDATE stage s SET person = CASE WHEN cardinality(f.people) = 1 THEN f.people[1] END, rule = %(rule)s,
       candidates = CASE WHEN cardinality(f.people) > 1 THEN f.people END,
       verdict = CASE WHEN cardinality(f.people) > 1 AND s.verdict IS NULL THEN 'ambiguous' ELSE s.verdict END
  FROM found f WHERE f.line = s.line
"""
# Another NIR than the one the person has: never merged by itself.
CONFLICTS = """
UPDATE stage s SET verdict = coalesce(s.verdict, 'ambiguous'), candidates = ARRAY[s.person], person = NULL,
       problems = s.problems || %(said)s
  FROM known b WHERE b.id = s.person AND s.rule NOT IN ('nir_birth', 'nir') AND s.nir IS NOT NULL AND b.nir <> s.nir
"""
# What else the line says of whom a rule recognised: rule → (condition, what is said).
SAME_FIRST = (
    "(b.first_full_key = '' OR s.first_full IS NULL OR s.first_full IN (b.last_key, b.birth_key)"
    " OR starts_with(b.first_full_key, s.first_full) OR starts_with(s.first_full, b.first_full_key)"
    " OR string_to_array(s.first_full, ' ') && string_to_array(b.first_full_key, ' '))"
)
DOUBTS = {
    "pes_id": (f"NOT {SAME_FIRST}", "l'identifiant est celui d'une personne née le même jour, d'un autre prénom"),
    "names_birth": (
        "s.internal IS NOT NULL AND b.internal_id NOT IN ('', s.internal)",
        "une personne de mêmes noms, née le même jour, a un autre identifiant interne",
    ),
}
DOUBT = """
UPDATE stage s SET verdict = coalesce(s.verdict, 'ambiguous'), candidates = ARRAY[s.person], person = NULL,
       problems = s.problems || %(said)s
  FROM known b WHERE b.id = s.person AND s.rule = %(rule)s AND {condition}
"""
# Pôle emploi's identifier of the line is somebody else's than the person recognised without it.
OTHER_PES = """
UPDATE stage s SET verdict = coalesce(s.verdict, 'ambiguous'), candidates = ARRAY[s.person, o.id], person = NULL,
       problems = s.problems || %(said)s
  FROM (SELECT s.line, min(b.id::text)::uuid AS id
          FROM (SELECT line, person, unnest(pes) AS key FROM stage WHERE person IS NOT NULL AND rule = ANY(%(rules)s)) s
          JOIN (SELECT id, unnest(pes_keys) AS key FROM known) b
            ON b.key = s.key AND b.id <> s.person GROUP BY s.line) o
 WHERE o.line = s.line
"""
WITHOUT_PES = ("names_birth", "caf", "internal_id", "email", "phone")
# A NIR we know, with another birth date: somebody must look.
KNOWN_NIR = """
UPDATE stage s SET verdict = 'ambiguous', candidates = ARRAY[b.id], problems = s.problems || %(said)s
  FROM known b WHERE b.nir = s.nir AND s.person IS NULL AND s.verdict IS NULL
"""
# An identifier of the line belongs to somebody else than the person recognised: somebody must look.
OTHER_OWNER = """
UPDATE stage s SET verdict = coalesce(s.verdict, 'ambiguous'), problems = s.problems || %(said)s, person = NULL,
       candidates = array_remove(ARRAY[s.person, b.id], NULL)
  FROM known b
 WHERE {same} AND s.person IS DISTINCT FROM b.id AND s.candidates IS NULL
   AND (s.verdict IS NULL OR s.verdict = 'rejected')
"""
OWNERS = ("b.nir = s.nir", "b.internal_id = s.internal AND b.internal_id <> ''")
# Two lines of one file that would create two people under one number.
SAME_NUMBER = """
UPDATE stage s SET verdict = 'ambiguous', problems = s.problems || %(said)s
  FROM (SELECT {column} AS number, min(line) AS first FROM stage
         WHERE {column} IS NOT NULL AND person IS NULL AND verdict IS NULL GROUP BY 1 HAVING count(*) > 1) twice
 WHERE s.{column} = twice.number AND s.line > twice.first AND s.person IS NULL AND s.verdict IS NULL
"""
# ... nor two namesakes born on the same day: are they one?
NAMESAKES = """
UPDATE stage s SET verdict = 'ambiguous', problems = s.problems || %(said)s
  FROM (SELECT last, first_full, birth, min(line) AS first FROM stage
         WHERE birth IS NOT NULL AND person IS NULL AND verdict IS NULL GROUP BY 1, 2, 3 HAVING count(*) > 1) twice
 WHERE (s.last, s.first_full, s.birth) = (twice.last, twice.first_full, twice.birth) AND s.line > twice.first
   AND s.person IS NULL AND s.verdict IS NULL
"""
SAID = '[{{"code": "{code}", "level": "warning", "message": "{message}", "column": ""}}]'
OTHER_NIR = SAID.format(code="CONFLIT_NIR", message="une personne semblable a un autre numéro de sécurité sociale")
OTHER_BIRTH = SAID.format(code="CONFLIT_NIR", message="ce numéro est connu avec une autre date de naissance")


# Who a line is, the same every month: what a person decided of it is found again by this.
IDENTITY = (
    "encode(sha256(convert_to(concat_ws('|', coalesce(s.nir, ''), array_to_string(s.pes, ','), coalesce(s.number, ''),"
    " coalesce(s.role, ''), coalesce(s.internal, ''), coalesce(s.last, ''), coalesce(s.birth_name, ''),"
    " coalesce(s.first_full, ''), coalesce(s.birth::text, '')), 'UTF8')), 'hex')"
)
# A person's decision settles what the rules left open; it never goes against a rule that recognised somebody.
DECIDED = f"""
UPDATE stage s SET person = d.beneficiary_id, rule = 'decision', verdict = NULL, candidates = NULL,
       data = s.data || jsonb_build_object('decision', d.id)
  FROM referrals_matchdecision d
 WHERE d.department_id = %(department)s AND d.organization_id = %(organization)s AND d.revoked_at IS NULL
   AND d.answer <> 'unsure' AND s.person IS NULL AND (s.verdict IS NULL OR s.verdict = 'ambiguous')
   AND d.identity = {IDENTITY}
"""
# ... and never moves a number: what belongs to somebody else is left out of the line.
OWNED = """
UPDATE stage s SET {column} = NULL, data = s.data #- '{path}'
 WHERE s.rule = 'decision' AND s.{column} IS NOT NULL AND EXISTS (
   SELECT 1 FROM known b WHERE {same} AND s.person IS DISTINCT FROM b.id)
"""
LEFT_OUT = (("nir", "{nir}", "b.nir = s.nir"), ("internal", "{values,internal_id}", "b.internal_id = s.internal"))


TAKEN = SAID.format(code="CONFLIT_ID", message="un identifiant de cette ligne est celui d'une autre personne")
ALIKE = SAID.format(
    code="CONFLIT_ID",
    message="une autre ligne du fichier porte les mêmes noms et date de naissance : appliquez, puis déposez celle-ci",
)
TWICE = SAID.format(code="CONFLIT_ID", message="une autre ligne du fichier porte le même numéro")


def part_conflicts() -> None:
    """Once matched, before people are written: no line gives somebody the number of another (`ambiguous` instead)."""
    with connection.cursor() as cursor:
        for same in OWNERS:
            cursor.execute(OTHER_OWNER.format(same=same), {"said": TAKEN})
        for column in ("nir", "internal"):
            cursor.execute(SAME_NUMBER.format(column=column), {"said": TWICE})
        cursor.execute(NAMESAKES, {"said": ALIKE})


def match(department_id: UUID, organization_id: UUID) -> None:
    """Fill `person` and `rule` of the staged lines, or their `ambiguous` verdict and candidates.

    `organization_id` brought the file: what was decided of its lines stands.
    """
    with connection.cursor() as cursor, whole_tables():
        cursor.execute("SELECT bool_or(nir IS NOT NULL), bool_or(email IS NOT NULL), bool_or(phone IS NOT NULL),"
                       " bool_or(number IS NOT NULL), bool_or(internal IS NOT NULL) FROM stage")  # fmt: skip
        present = dict(zip(("nir", "email", "phone", "caf", "internal_id"), cursor.fetchone(), strict=True))
        present["nir_birth"] = present["nir"]
        for rule, condition in LEVELS:
            if present.get(rule, True):
                cursor.execute(MATCH.format(condition=condition), {"rule": rule})
        cursor.execute(CONFLICTS, {"said": OTHER_NIR})
        cursor.execute(KNOWN_NIR, {"said": OTHER_BIRTH})
        _doubt(cursor)
        cursor.execute(DECIDED, {"department": department_id, "organization": organization_id})
        if cursor.rowcount:
            for column, path, same in LEFT_OUT:
                cursor.execute(OWNED.format(column=column, path=path, same=same))


def _doubt(cursor: CursorWrapper) -> None:
    """Leave to somebody the lines that another identifier of theirs contradicts.

    The same statements whoever is recognised: who brings a roster must not learn it from how long they take.
    """
    for rule, (condition, message) in DOUBTS.items():
        said = SAID.format(code="CONFLIT_ID", message=message)
        cursor.execute(DOUBT.format(condition=condition), {"rule": rule, "said": said})
    cursor.execute(OTHER_PES, {"rules": list(WITHOUT_PES), "said": TAKEN})
