"""People and gaps come page by page: a partner's grants are looked up for each row shown, never read whole first.

A search would then look up each person of the Département before her name is compared, since LIKE is not a leakproof
operator. `people_named` compares first, by an index on groups of three letters, and answers only people whom the
actor's organisation may see: it runs as the owner, and states the second lock itself.
"""

from django.db import migrations

from hub.core.rls import SAME_DEPARTMENT, WIDE, both, either, granted, granted_one

SUPPORTING = ("support", "full")
STILL_SHOWN = """closed_at IS NULL OR closed_at >= (
 SELECT app_now() - make_interval(days => coalesce((d.delays->>'gap_visible')::int, 365))
   FROM partners_department d WHERE d.id = (SELECT app_dept()))"""
PERSON, GAP = "referrals_beneficiary", "referrals_registrationgap"


def policies(people: str, edited: str, gaps: str) -> str:
    gap = either(WIDE, both(gaps, STILL_SHOWN))
    conditions = (
        (PERSON, "select", either(WIDE, people)), (PERSON, "update", either(WIDE, edited)),
        (GAP, "select", gap), (GAP, "update", gap),
    )  # fmt: skip
    return ";".join(
        f"ALTER POLICY may_{verb} ON {table} USING ({both(SAME_DEPARTMENT, condition)})"
        for table, verb, condition in conditions
    )


READ_ONE = policies(
    granted_one(f"{PERSON}.id"),
    granted_one(f"{PERSON}.id", levels=SUPPORTING),
    granted_one(f"{GAP}.beneficiary_id", levels=SUPPORTING),
)
READ_WHOLE = policies(granted("id"), granted("id", levels=SUPPORTING), granted(levels=SUPPORTING))

SEARCH = f"""
CREATE FUNCTION search_grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
 $$ SELECT ARRAY(SELECT DISTINCT substr(t, n, 3) FROM generate_series(1, length(t) - 2) n) $$;
CREATE INDEX person_grams ON {PERSON} USING gin (search_grams(search_key));
CREATE FUNCTION people_named(words text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
 SELECT b.id FROM {PERSON} b
  WHERE b.{SAME_DEPARTMENT}
    AND search_grams(b.search_key) @> ARRAY(SELECT unnest(search_grams(w)) FROM unnest(words) w)
    AND b.search_key LIKE ALL (ARRAY(SELECT '%' || w || '%' FROM unnest(words) w))
    AND ({either(WIDE, granted_one("b.id"))})
$$;
REVOKE ALL ON FUNCTION people_named(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_named(text[]) TO hub_app;
"""
NO_SEARCH = "DROP INDEX person_grams; DROP FUNCTION people_named(text[]); DROP FUNCTION search_grams(text);"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0015_letters")]

    operations = [migrations.RunSQL(READ_ONE, READ_WHOLE), migrations.RunSQL(SEARCH, NO_SEARCH)]
