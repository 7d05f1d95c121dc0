"""Goal 9: list and search pages at 30 000 people and 200 000 grants, the second lock on."""

from __future__ import annotations

import statistics

from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.demo.accounts import member_of
from hub.demo.server import web
from partners.actors import SESSION_KEY
from referrals.models import AccessGrant
from tests.bench import crowd, load
from tests.bench.fanout import run
from tests.bench.machine import free_port, serving
from tests.bench.rows import Row, report

GRANTS, QUERIES = 200_000, 6
WARM, COUNT, AT_ONCE = 40, 120, 4
WHO = ("officer_metz", "udaf_lead")
PATHS = ("/personnes/", "/personnes/?q=fictif", "/personnes/?q=dupre+marie")
MORE = """
INSERT INTO referrals_accessgrant
  (id, department_id, beneficiary_id, organization_id, level, reason, source_kind, source_id, starts_at, ends_at)
SELECT gen_random_uuid(), b.department_id, b.id, o.id, 'referral', 'Mesure', 'bench', gen_random_uuid(),
       now() - interval '90 days', CASE WHEN random() < 0.5 THEN now() - interval '9 days' END
  FROM referrals_beneficiary b,
       LATERAL (SELECT id FROM partners_organization WHERE kind_id <> 'department' AND b.id IS NOT NULL
                 ORDER BY random() LIMIT 7) o
 LIMIT %s
"""


PLAIN = """
DROP TABLE IF EXISTS bench_people;
CREATE TABLE bench_people AS
  SELECT id, last_name, first_names, birth_date, city, sort_key FROM referrals_beneficiary;
CREATE INDEX ON bench_people (sort_key, id);
GRANT SELECT ON bench_people TO hub_app;
"""


def _fill() -> None:
    """As many grants as the goal says, spread over all partners; the same people without a lock, for the peer."""
    member = _member(WHO[0])
    with tenant(Actor.system(member.department_id)):
        missing = GRANTS - AccessGrant.objects.count()
    if missing > 0:
        with connections["owner"].cursor() as cursor:
            cursor.execute(MORE, [missing])
            cursor.execute("VACUUM ANALYZE referrals_accessgrant, referrals_beneficiary")
    with connections["owner"].cursor() as cursor:
        cursor.execute(PLAIN)
        cursor.execute("ANALYZE bench_people")


def _member(key: str):  # type: ignore[no-untyped-def]
    member = member_of(key)
    assert member is not None
    return member


def _most_queries() -> int:
    """Queries of the heaviest page, the gate's own settings and savepoints left out."""
    worst = 0
    for who in WHO:
        browser, member = Client(), _member(who)
        browser.force_login(member.user)
        session = browser.session
        session[SESSION_KEY] = str(member.pk)
        session.save()
        for path in PATHS:
            browser.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(path).status_code == 200, path
            own = [one["sql"] for one in seen if _reads_people(one["sql"])]
            worst = max(worst, len(own))
    return worst


def _reads_people(sql: str | None) -> bool:
    """A union begins with a parenthesis; the driver does not always keep the text of what it sent."""
    begins = ("SELECT", "(SELECT", "WITH")
    return sql is not None and sql.startswith(begins) and "set_config" not in sql and "referrals_" in sql


async def _load(port: int, paths: tuple[str, ...], cookie: str) -> load.Load:
    """Median of three, once the processes and their connections are warm: on both sides alike."""
    await load.get(port, paths, {"Cookie": cookie}, count=WARM, at_once=AT_ONCE)
    found = [await load.get(port, paths, {"Cookie": cookie}, count=COUNT, at_once=AT_ONCE) for _ in range(3)]
    return load.Load(statistics.median(one.per_second for one in found), statistics.median(one.p95 for one in found))


async def main() -> None:
    await sync_to_async(_fill)()
    queries = await sync_to_async(_most_queries)()
    rows = [Row(9, "queries of a list page", queries, QUERIES, "queries", 1, "less", "the most allowed")]
    cookies = {who: await sync_to_async(lambda who=who: crowd.cookie(_member(who)))() for who in WHO}
    port = free_port()
    with serving(("gunicorn", "tests.bench.peers.plain:application", *web(port)[2:]), port):
        bare = await _load(port, ("/read/",), cookies[WHO[0]])
    port = free_port()
    with serving(web(port), port, probe="/health/"):
        for who in WHO:
            for name, paths in (("list", PATHS[:1]), ("search", PATHS[1:])):
                mine = await _load(port, paths, cookies[who])
                work = f"{name} of 30 000 people, {who}"
                rows += [
                    Row(9, f"{work}, throughput", mine.per_second, bare.per_second, "/s", 0.4, "more", "plain view"),
                    Row(9, f"{work}, p95", mine.p95, bare.p95, "ms", 3, "less", "plain view"),
                ]
    report(*rows)


def measure() -> None:
    run(main())
