"""What is strange with a list, said before anything is told or applied (domain §5, formats §2.5).

Below `FROM_OBLIGED` people who must register, percentages mean nothing: a person reads the numbers as they are. That
nobody at all is recognised is strange whatever the numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from hub.core.bulk import whole_tables
from partners.models import ImportJob, ImportRow
from partners.models.files import IN_FORCE, ImportKind, ListNature, Verdict
from referrals.models import Beneficiary, RegistrationList
from referrals.services.reconciliation.forecast import Forecast
from referrals.services.reconciliation.terms import BY_HAND, kind_of

FROM_OBLIGED = 50
SPOKEN_OF = (Verdict.MATCHED, Verdict.UNCHANGED)  # lines of somebody the Département knows
FEW = 10  # lines
MOST_COMPARED = 60  # lists: years of one place
FEW_COMPARED = 4  # lists whose lines are compared with those of a new one
FEWEST_LINES = 0.70  # of last month's
MOST_IN_GAP = 0.20  # of the obliged people of the perimeter
THE_SAME = 0.99  # of the lines: between two months of a place many more come and go
# The last event of a line is its latest one.
LATEST_EVENTS = """
SELECT max(data->'events'->-1->>'on')::date FROM partners_importrow
 WHERE job_id = %s AND verdict IN ('matched', 'unknown')
"""
AGENCIES = """
SELECT DISTINCT data->>'agency' FROM partners_importrow
 WHERE job_id = %s AND data->>'agency' ~ '^[0-9A-Z]{1,5}$' ORDER BY 1
"""
# The applied lists of other months that say most of these lines again, by what each line says: each list is read once.
SAID_AGAIN = """
WITH mine AS MATERIALIZED (
  SELECT fingerprint FROM partners_importrow WHERE job_id = %(job)s AND fingerprint <> ''),
theirs AS MATERIALIZED (
  SELECT DISTINCT job_id, fingerprint FROM partners_importrow WHERE job_id = ANY(%(jobs)s) AND fingerprint <> ''),
again AS (
  SELECT theirs.job_id FROM mine JOIN theirs USING (fingerprint)
   GROUP BY theirs.job_id HAVING count(*) >= %(least)s)
SELECT l.month FROM referrals_registrationlist l
  JOIN again ON again.job_id = l.job_id
  JOIN partners_importjob j ON j.id = l.job_id AND j.state IN ('applied', 'undoing')
 WHERE l.nature = 'complete' AND l.month <> %(month)s
 ORDER BY l.month DESC LIMIT 1
"""
Guard = dict[str, str]


def guards_of(job: ImportJob, found: Forecast, *, lines: int) -> list[Guard]:
    """The guards a list just analysed meets; `job` knows its nature and agencies."""
    if job.nature != ListNature.COMPLETE:
        return []
    met = [_nobody(job, lines), _by_hand(job)]
    if found.obliged >= FROM_OBLIGED:
        met += [_wrong_month(job, found.terms.month), _fewer_lines(job, found.terms.month, lines)]
        met.append(_baseline(job, found) or _many_gaps(found))
    return [guard for guard in met if guard]


def agencies_of(job: ImportJob) -> list[str]:
    """The codes of the agencies whose people a list contains."""
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES, [job.pk])
        return [code for (code,) in cursor.fetchall()]


def _nobody(job: ImportJob, lines: int) -> Guard | None:
    if not lines or any(job.counts.get(verdict, 0) for verdict in SPOKEN_OF):
        return None
    if lines < FEW and job.organization.kind_id != "department":
        return None  # who is known of so few is not for a partner to read
    which = "la seule ligne du fichier ne désigne" if lines == 1 else f"aucune des {lines} lignes du fichier ne désigne"
    return _guard("nobody", f"Personne n'est reconnu : {which} sûrement quelqu'un que le Département connaît.")


def _by_hand(job: ImportJob) -> Guard | None:
    """A list made by hand is complete when somebody, or its title, says so: its lines alone prove nothing."""
    told = job.proposals.get("nature", {})
    if "nature" in job.stated or told.get("written") or kind_of(job) != BY_HAND:
        return None
    return _guard(
        "by_hand",
        "Liste faite à la main : rien n'y dit qu'elle contient toutes les personnes inscrites. Si elle n'en contient "
        "qu'une partie, choisissez « Événements seulement ».",
    )


def _wrong_month(job: ImportJob, month: date) -> Guard | None:
    with connection.cursor() as cursor:
        cursor.execute(LATEST_EVENTS, [job.pk])
        latest: date | None = cursor.fetchone()[0]
    after = (month + timedelta(days=32)).replace(day=1)
    if latest and latest >= after:
        said = f"le fichier contient des dates jusqu'au {latest:%d/%m/%Y}, après la fin du mois"
    elif other := _said_for_another_month(job, month):
        said = f"les mêmes lignes, ou presque, ont déjà été appliquées pour {other:%m/%Y}"
    elif latest and latest < month:
        said = f"aucune date du fichier n'est postérieure au {latest:%d/%m/%Y}"
    elif (told := job.proposals.get("month", {})).get("written") and told["value"] != month.isoformat():
        said = f"{told['why']} dit {told['value'][5:7]}/{told['value'][:4]}"
    elif (name := told.get("name", month.isoformat())) != month.isoformat():
        said = f"le nom du fichier dit {name[5:7]}/{name[:4]}"
    else:
        return None
    return _guard("wrong_month", f"Mois à vérifier ({month:%m/%Y}) : {said}.")


def _said_for_another_month(job: ImportJob, month: date) -> date | None:
    """The other month whose applied list is this one: the same lines in any order, or nearly."""
    same = ImportJob.objects.filter(kind=ImportKind.REGISTRATION, state__in=IN_FORCE, content_key=job.content_key)
    if job.content_key and (found := same.exclude(month=month).exclude(month=None).order_by("-month").first()):
        return found.month
    near = [one for one in _comparable(job) if one.month != month][:FEW_COMPARED]
    lines = ImportRow.objects.filter(job=job).exclude(fingerprint="").count()
    least = lines * THE_SAME
    fewest = least - job.counts.get(Verdict.DUPLICATE, 0)  # a shorter list cannot say that many of its lines again
    jobs = [one.job_id for one in near if one.job.counts.get("lines", 0) >= fewest]
    if not jobs or not lines:
        return None
    asked: dict[str, Any] = {"job": job.pk, "month": month, "jobs": jobs, "least": least}
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(SAID_AGAIN, asked)
        found_month = cursor.fetchone()
    return found_month[0] if found_month else None


def _fewer_lines(job: ImportJob, month: date, lines: int) -> Guard | None:
    """Compared with the latest month before that has complete lists of the same place and agencies."""
    before = [one for one in _comparable(job) if one.month < month]
    last = [_lines_about(one, job) for one in before if one.month == before[0].month]
    expected = sum(last)
    if not expected or lines >= expected * FEWEST_LINES:
        return None
    together = f", en {len(last)} listes" if len(last) > 1 else ""
    return _guard(
        "fewer_lines",
        f"Liste courte : {lines} {'ligne' if lines < 2 else 'lignes'}, contre {expected} en {before[0].month:%m/%Y}"
        f"{together} ({_percent(lines, expected)} %).",
    )


def _baseline(job: ImportJob, found: Forecast) -> Guard | None:
    if _comparable(job):
        return None
    where = f"du territoire {job.territory}" if job.territory else "du Département"
    if job.agencies and _same_place(job).exists():
        where += f" pour {'cette agence' if len(job.agencies) == 1 else 'ces agences'} ({', '.join(job.agencies)})"
    return _guard(
        "baseline",
        f"Première liste complète {where} : {_to_check(found.in_gap, found)} "
        f"({_percent(found.in_gap, found.obliged)} %), dont {found.concluded_open} de plus qu'à présent.",
    )


def _many_gaps(found: Forecast) -> Guard | None:
    if found.in_gap <= found.obliged * MOST_IN_GAP:
        return None
    return _guard(
        "many_gaps",
        f"Beaucoup d'absences : {_to_check(found.in_gap, found)} ({_percent(found.in_gap, found.obliged)} %).",
    )


def _same_place(job: ImportJob) -> QuerySet[RegistrationList]:
    lists = RegistrationList.objects.filter(nature=ListNature.COMPLETE, job__state__in=IN_FORCE)
    return lists.filter(territory=job.territory_id).exclude(job=job).select_related("job")


def _comparable(job: ImportJob) -> list[RegistrationList]:
    """The complete lists of the same place and agencies, latest month first; all those of the place for a list that
    tells no agency; those of the whole Département for the first list of a territory, which they covered too."""
    return _of_agencies(job, _same_place(job)) or _of_agencies(job, _wider(job))


def _of_agencies(job: ImportJob, lists: QuerySet[RegistrationList]) -> list[RegistrationList]:
    return [
        one
        for one in lists.order_by("-month", "-applied_at")[:MOST_COMPARED]
        if not (job.agencies and one.job.agencies) or set(job.agencies) & set(one.job.agencies)
    ]


def _wider(job: ImportJob) -> QuerySet[RegistrationList]:
    """The complete lists of the whole Département, for one of a territory."""
    if job.territory_id is None:
        return RegistrationList.objects.none()
    lists = RegistrationList.objects.filter(nature=ListNature.COMPLETE, job__state__in=IN_FORCE, territory=None)
    return lists.exclude(job=job).select_related("job")


def _lines_about(one: RegistrationList, job: ImportJob) -> int:
    """The lines of a list about the place of `job`: all, or those of the people who live there in a wider one."""
    if one.territory_id == job.territory_id:
        return int(one.job.counts.get("lines", 0))
    here = Beneficiary.objects.filter(territory=job.territory_id).values("pk")
    return ImportRow.objects.filter(job=one.job_id, verdict__in=SPOKEN_OF, beneficiary_id__in=here).count()


def _to_check(people: int, found: Forecast) -> str:
    """How many people, and the lists of the month that were counted with this one."""
    others = len(found.terms.jobs) - 1
    counted = {0: "", 1: ", en comptant l'autre liste du mois,"}.get(
        others, f", avec les {others} autres listes du mois,"
    )
    said = {0: "aucune personne", 1: "1 personne"}.get(people, f"{people} personnes")
    would = {0: "ne serait", 1: "serait"}.get(people, "seraient")
    return f"{said} sur {found.obliged} qui doivent être inscrites{counted} {would} à vérifier"


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _guard(name: str, message: str) -> Guard:
    return {"name": name, "code": "MOIS_INCOHERENT", "message": message}
