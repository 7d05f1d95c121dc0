"""The second lock: row-level security policies, written once in SQL and used by migrations.

`(SELECT …)` around each setting makes it a one-time plan node; the wide roles come first, so that a Département
pays nothing for partners' grants. `app_now()` is the gate's instant, so that a moved clock moves PostgreSQL too.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.migrations.operations import RunSQL

APP, OWNER, KEEPER = "hub_app", "hub_owner", "hub_keeper"

SAME_DEPARTMENT = "department_id = (SELECT app_dept())"
WIDE = "(SELECT app_wide())"
SYSTEM = "(SELECT app_role()) = 'system'"

FUNCTIONS = """
CREATE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT NULLIF(current_setting('app.role', true), '') $$;
CREATE FUNCTION app_dept() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT NULLIF(current_setting('app.dept', true), '')::uuid $$;
CREATE FUNCTION app_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT NULLIF(current_setting('app.org', true), '')::uuid $$;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT NULLIF(current_setting('app.user', true), '')::uuid $$;
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT NULLIF(current_setting('app.now', true), '')::timestamptz $$;
CREATE FUNCTION app_wide() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
 $$ SELECT coalesce(current_setting('app.role', true) IN ('department', 'system'), false) $$;
"""


def granted(column: str = "beneficiary_id", *, levels: tuple[str, ...] = ()) -> str:
    """SQL: the person in `column` is open to the actor's organisation now (at one of `levels`, if given).

    The organisation's grants are read once for the whole query: right where a query reads many people.
    """
    return f"{column} IN (SELECT g.beneficiary_id FROM referrals_accessgrant g WHERE {_in_force(levels)})"


def granted_each(column: str, *, levels: tuple[str, ...] = ()) -> str:
    """SQL: the same, each person looked up by index: right for rows read page by page. `column` names its table."""
    return f"EXISTS (SELECT 1 FROM referrals_accessgrant g WHERE g.beneficiary_id = {column} AND {_in_force(levels)})"


def granted_one(column: str, *, levels: tuple[str, ...] = ()) -> str:
    """SQL: the same, always by index. Before a LIMIT the planner believes that the whole table will be read and would
    read every grant of the organisation first: `OFFSET 0` forbids it. Right where rows come page by page or alone.
    """
    return granted_each(column, levels=levels).removesuffix(")") + " OFFSET 0)"


def of_parent(column: str, parent: str, also: str = "") -> str:
    """SQL: the row of `parent` that `column` names is open to the actor, and `also` holds for it.

    Looked up by its key, however many rows the actor sees: a journal is written one line at a time. `column` names
    its table.
    """
    return f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {column}{also and f' AND p.{also}'})"


def _in_force(levels: tuple[str, ...]) -> str:
    at_level = f" AND g.level IN ({', '.join(repr(level) for level in levels)})" if levels else ""
    return (
        "g.organization_id = (SELECT app_org()) AND g.starts_at <= (SELECT app_now())"
        f" AND (g.ends_at IS NULL OR g.ends_at > (SELECT app_now())){at_level}"
    )


def both(*terms: str) -> str:
    """SQL: all terms."""
    return " AND ".join(f"({term})" for term in terms)


def either(*terms: str) -> str:
    """SQL: any term."""
    return " OR ".join(f"({term})" for term in terms)


def protect(
    table: str, *, select: str | None, insert: str | None = None, update: str | None = None, delete: str | None = None
) -> RunSQL:
    """Put the lock on a table: no policy means refused. Every policy is bound to the actor's Département.

    Migrations run as the owner, which FORCE also binds: the `own` policy lets data migrations see their rows.
    """
    verbs = {"SELECT": select, "INSERT": insert, "UPDATE": update, "DELETE": delete}
    lines = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
    ]
    for verb, condition in verbs.items():
        if condition is None:
            lines.append(f"REVOKE {verb} ON {table} FROM {APP}")
            continue
        lines.append(f"CREATE POLICY may_{verb.lower()} ON {table} FOR {verb} TO {APP} {_bound(verb, condition)}")
    return RunSQL(";\n".join(lines) + ";", reverse_sql=f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;")


def relock(table: str, before: Mapping[str, str], after: Mapping[str, str]) -> RunSQL:
    """Change policies of a table: conditions by verb (`select`, `insert`…)."""

    def said(conditions: Mapping[str, str]) -> str:
        bound = {verb: _bound(verb.upper(), condition) for verb, condition in conditions.items()}
        return ";".join(f"ALTER POLICY may_{verb} ON {table} {clause}" for verb, clause in bound.items())

    return RunSQL(said(after), reverse_sql=said(before))


def _bound(verb: str, condition: str) -> str:
    bound = both(SAME_DEPARTMENT, condition)
    return f"WITH CHECK ({bound})" if verb == "INSERT" else f"USING ({bound})"
