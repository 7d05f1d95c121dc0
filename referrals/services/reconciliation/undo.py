"""Taking back a registration list: its events leave, the registrations of its people are told again by the lists that
remain, in their order, and its gaps go back as they were unless somebody, or another list, changed them since."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from hub.core.actor import Actor
from hub.core.errors import Conflict
from partners.models import ImportJob
from partners.models.files import IN_FORCE, ListNature
from referrals.models import (
    GapState,
    ImportChange,
    RegistrationEntry,
    RegistrationGap,
    RegistrationList,
    RegistrationMeasure,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.services.measures import measures, record_measures
from referrals.services.reconciliation import plan
from referrals.services.reconciliation.apply import ENTRIES, STATUS_NEW, STATUS_UPDATE, look_again
from referrals.services.reconciliation.months import forget_months
from referrals.services.reconciliation.terms import Terms, terms_of

FOLLOWING = """
SELECT l.id FROM referrals_registrationlist l
  JOIN partners_importjob j ON j.id = l.job_id AND j.state IN ('applied', 'undoing')
 WHERE l.id <> %(list)s AND (l.applied_at, l.id) > (%(at)s, %(list)s) AND (l.concludes_absence OR EXISTS (
   SELECT 1 FROM partners_importrow mine JOIN partners_importrow theirs
       ON theirs.beneficiary_id = mine.beneficiary_id AND theirs.job_id = l.job_id AND theirs.verdict = 'matched'
    WHERE mine.job_id = %(job)s AND mine.verdict = 'matched'))
 ORDER BY l.applied_at DESC LIMIT 1
"""
PEOPLE = """
CREATE TEMP TABLE taken_back ON COMMIT DROP AS
SELECT DISTINCT beneficiary_id FROM partners_importrow
 WHERE job_id = %s AND verdict = 'matched' AND beneficiary_id IS NOT NULL
"""
OTHERS = "DELETE FROM told t WHERE NOT EXISTS (SELECT 1 FROM taken_back p WHERE p.beneficiary_id = t.beneficiary_id)"
LOG = """
INSERT INTO referrals_gaplog
  (id, department_id, gap_id, name, source, target, at, user_id, organization_id, reason, note)
SELECT gen_random_uuid(), %(department)s, id, name, source, target, %(now)s, %(user)s, NULL, '', ''
  FROM done RETURNING gap_id
"""
BEFORE = """
WITH image AS (
  SELECT g.id, g.state AS source, i.before->>'act' AS act, i.before->>'state' AS state, i.before->>'kind' AS kind,
         (i.before->>'event_on')::date AS event_on, (i.before->>'ends_on')::date AS ends_on,
         i.before->>'code' AS code, i.before->>'motive' AS motive
    FROM referrals_importchange i JOIN referrals_registrationgap g ON g.id = i.subject_id
   WHERE i.job_id = %(job)s AND i.subject_kind = 'gap' FOR UPDATE OF g),
"""
FACTS = "kind = i.kind, event_on = i.event_on, ends_on = i.ends_on, code = i.code, motive = i.motive"
# In this order; each gap goes back unless somebody, or another list, changed it since.
GAPS = {
    "gaps_voided": f"""
WITH image AS (SELECT id, state AS source FROM referrals_registrationgap
                WHERE opened_by_list_id = %(list)s AND state IN {plan.OPEN_STATES} FOR UPDATE),
done AS (UPDATE referrals_registrationgap g SET state = 'void', closed_at = %(now)s, closing = 'error'
           FROM image i WHERE i.id = g.id RETURNING g.id, 'void' AS name, i.source, g.state AS target)
{LOG}""",
    "gaps_put_back": f"""{BEFORE}
done AS (UPDATE referrals_registrationgap g SET {FACTS}
           FROM image i WHERE i.id = g.id AND i.act = 'change_kind' AND g.state IN {plan.OPEN_STATES}
         RETURNING g.id, 'change_kind' AS name, i.source, g.state AS target)
{LOG}""",
    "gaps_reopened": f"""{BEFORE}
done AS (UPDATE referrals_registrationgap g
            SET {FACTS}, state = i.state, closed_at = NULL, closed_by_list_id = NULL, closing = '', closing_note = ''
           FROM image i WHERE i.id = g.id AND i.act <> 'change_kind' AND g.closed_by_list_id = %(list)s
            AND g.state IN ('resolved', 'lapsed') AND NOT EXISTS (
              SELECT 1 FROM referrals_registrationgap o
               WHERE o.beneficiary_id = g.beneficiary_id AND o.state IN {plan.OPEN_STATES})
         RETURNING g.id, 'reopen' AS name, i.source, g.state AS target)
{LOG}""",
}


def undo_list(actor: Actor, job: ImportJob) -> dict[str, int]:
    """Take an applied list back; returns how many gaps were voided, reopened, put back, and left since they changed.

    Raises `Conflict`, naming it, when a later list stands on this one.
    """
    refuse_when_followed(job)
    applied = RegistrationList.objects.select_related("job__file").get(job=job)
    _tell_again(actor, applied)
    changed = _put_back(actor, applied)
    done = {name: len(gaps) for name, gaps in changed.items()}
    touched = ImportChange.objects.filter(job=job, subject_kind="gap").count()
    _measure_again(actor, applied)
    done["gaps_left"] = touched - done["gaps_reopened"] - done["gaps_put_back"] + changed_since(applied).count()
    look_again(actor, [gap for gaps in changed.values() for gap in gaps])
    return done


def _put_back(actor: Actor, applied: RegistrationList) -> dict[str, list[UUID]]:
    """The gaps voided, put back and reopened."""
    found = {}
    with connection.cursor() as cursor:
        for name, statement in GAPS.items():
            cursor.execute(statement, _parameters(actor, applied))
            found[name] = [gap for (gap,) in cursor.fetchall()]
    return found


def _measure_again(actor: Actor, applied: RegistrationList) -> None:
    """The month as the lists that remain tell it; unknown when none does. A later month had left it as it was."""
    if not measures(terms_of(actor, applied.job)):
        return
    RegistrationMeasure.objects.filter(department_id=actor.department_id, month=applied.month).delete()
    complete = RegistrationList.objects.filter(month=applied.month, nature=ListNature.COMPLETE)
    remaining = complete.filter(job__state__in=IN_FORCE).exclude(pk=applied.pk).select_related("job")
    if latest := remaining.order_by("-applied_at", "-id").first():
        terms = terms_of(actor, latest.job)
        plan.make_plan(terms)
        record_measures(terms)
        plan.forget()


def changed_since(applied: RegistrationList) -> QuerySet[RegistrationGap]:
    """Gaps the list opened that somebody, or a later event, closed since: they stay as they are."""
    return RegistrationGap.objects.filter(opened_by_list=applied).exclude(state__in=(*OPEN_GAP_STATES, GapState.VOID))


def _parameters(actor: Actor, applied: RegistrationList) -> dict[str, Any]:
    return {
        "department": actor.department_id,
        "list": applied.pk,
        "job": applied.job_id,
        "now": actor.now,
        "user": applied.job.undone_by_id,
    }


def following_list(applied: RegistrationList) -> RegistrationList | None:
    """The latest list applied since that relied on this one: it concluded absence, or told of the same people."""
    found = plan.rows(FOLLOWING, list=applied.pk, at=applied.applied_at, job=applied.job_id)
    return RegistrationList.objects.select_related("job__file").get(pk=found[0][0]) if found else None


def refuse_when_followed(job: ImportJob) -> None:
    """Raises `Conflict`, naming it, when a later list stands on the one of this job."""
    if later := following_list(RegistrationList.objects.get(job=job)):
        raise Conflict(
            f"Une liste appliquée depuis s'appuie sur celle-ci : annulez d'abord « {later.job.file.name} » "
            f"({later.month:%m/%Y}), puis recommencez.",
            code="later_import",
            fields={"later": str(later.job_id)},
        )


def _tell_again(actor: Actor, applied: RegistrationList) -> None:
    """Forget what is known of the people of the list, and hear the lists that remain, in the order they came."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken_back")
        cursor.execute(PEOPLE, [applied.job_id])
    RegistrationEntry.objects.filter(list=applied).delete()
    forget_months(applied)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM referrals_registrationstatus s USING taken_back p WHERE p.beneficiary_id = s.beneficiary_id"
        )
    remaining = RegistrationList.objects.filter(job__state__in=IN_FORCE).exclude(pk=applied.pk)
    for one in remaining.select_related("job").order_by("applied_at", "id"):
        _hear(terms_of(actor, one.job), one.pk)


def _hear(terms: Terms, list_id: UUID) -> None:
    parameters = terms.parameters(list=list_id)
    plan.forget()
    with connection.cursor() as cursor:
        for statement in (plan.TOLD, OTHERS, plan.NEXT_STATUS, ENTRIES, STATUS_UPDATE, STATUS_NEW):
            cursor.execute(statement, parameters)
    plan.forget()
