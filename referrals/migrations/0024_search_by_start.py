"""One or two letters are looked for at the start of a name, by the index; before, they were looked for in everybody.

The index holds of a text its groups of three letters, and the first letter and first two letters of each word, after a
space. Of a word asked for, longer than two letters: its groups of three; else its start. A start is then found exactly.
"""

from importlib import import_module

from django.db import migrations

from hub.core.rls import SAME_DEPARTMENT, WIDE, either, granted_one

PERSON = "referrals_beneficiary"
BEFORE = import_module("referrals.migrations.0016_people_by_page")
SEARCH = f"""
CREATE FUNCTION name_grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
 $$ SELECT ARRAY(SELECT substr(t, n, 3) FROM generate_series(1, length(t) - 2) n UNION
                 SELECT ' ' || left(w, n) FROM regexp_split_to_table(t, '[^[:alnum:]]+') w, generate_series(1, 2) n
                  WHERE length(w) >= n) $$;
CREATE FUNCTION word_grams(w text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
 $$ SELECT CASE WHEN length(w) < 3 THEN ARRAY[' ' || w]
                ELSE ARRAY(SELECT substr(w, n, 3) FROM generate_series(1, length(w) - 2) n) END $$;
CREATE INDEX person_name_grams ON {PERSON} USING gin (name_grams(search_key));
CREATE OR REPLACE FUNCTION people_named(words text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
 SELECT b.id FROM {PERSON} b
  WHERE b.{SAME_DEPARTMENT}
    AND name_grams(b.search_key) @> ARRAY(SELECT unnest(word_grams(w)) FROM unnest(words) w)
    AND b.search_key LIKE ALL (ARRAY(SELECT '%' || w || '%' FROM unnest(words) w))
    AND ({either(WIDE, granted_one("b.id"))})
$$;
DROP INDEX person_grams;
DROP FUNCTION search_grams(text);
"""
AS_BEFORE = f"""
DROP INDEX person_name_grams;
DROP FUNCTION people_named(text[]);
DROP FUNCTION name_grams(text);
DROP FUNCTION word_grams(text);
{BEFORE.SEARCH}
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0023_registration_written_in_bulk")]

    operations = [migrations.RunSQL(SEARCH, AS_BEFORE)]
