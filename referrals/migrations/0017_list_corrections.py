from django.db import migrations

from hub.core.rls import APP, granted_each

# What one organisation has to correct on its side, and nothing else of the people concerned: the second lock of
# this road. Somebody it named itself on a list it brought is told in the words of its own line; somebody it supports
# with an identifier, in those of the file it already reads. No track, no referent, no territory, no address.
# A restricted file is not given back, nor a person the reader knows privately.
FOLLOWED = granted_each("g.beneficiary_id", levels=("support", "full"))
CORRECTIONS = f"""
CREATE FUNCTION list_corrections() RETURNS TABLE (
  gap_id uuid, kind text, own boolean, agency text, pes_id text, last_name text, first_names text, birth_date date,
  month date, events jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT g.id, g.kind, said.job_id IS NOT NULL AND NOT (SELECT app_wide()),
       coalesce(nullif(said.agency, ''), team.agency_code, near.agency_code, ''),
       coalesce(nullif(line.data->>'pes_id', ''), b.pes_id),
       coalesce(line.data->>'last_name', b.last_name), coalesce(line.data->>'first_names', b.first_names),
       coalesce((line.data->>'birth_date')::date, b.birth_date), said.month, line.data->'events'
  FROM referrals_registrationgap g
  JOIN referrals_beneficiary b ON b.id = g.beneficiary_id AND NOT b.restricted
  LEFT JOIN LATERAL (
    SELECT m.agency, m.line, m.month, l.job_id
      FROM referrals_registrationmonth m
      JOIN referrals_registrationlist l ON l.id = m.list_id
      JOIN partners_importjob j ON j.id = l.job_id AND j.state = 'applied'
     WHERE m.beneficiary_id = g.beneficiary_id AND m.line IS NOT NULL
       AND ((SELECT app_wide()) OR j.organization_id = (SELECT app_org()))
     ORDER BY m.month DESC, l.applied_at DESC LIMIT 1) said ON true
  LEFT JOIN partners_importrow line
         ON line.job_id = said.job_id AND line.verdict = 'matched' AND line.line = said.line
  LEFT JOIN referrals_supportassignment a
         ON a.beneficiary_id = g.beneficiary_id AND a.ends_on IS NULL AND a.kind = 'single_referent'
  LEFT JOIN partners_team team ON team.id = a.team_id AND team.agency_code <> ''
  LEFT JOIN LATERAL (
    SELECT min(t.agency_code) AS agency_code FROM partners_team t
     WHERE t.department_id = g.department_id AND t.territory_id = b.territory_id AND t.agency_code <> ''
    HAVING count(*) = 1) near ON true
 WHERE g.department_id = (SELECT app_dept()) AND g.state IN ('open', 'acknowledged', 'in_progress')
   AND (line.id IS NOT NULL OR (b.pes_id <> '' AND ((SELECT app_wide()) OR {FOLLOWED})))
   AND NOT EXISTS (SELECT 1 FROM referrals_declaredlink d
                    WHERE d.beneficiary_id = g.beneficiary_id AND d.user_id = (SELECT app_user()))
$$;
REVOKE ALL ON FUNCTION list_corrections() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_corrections() TO {APP};
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0016_people_by_page")]

    operations = [migrations.RunSQL(CORRECTIONS, "DROP FUNCTION list_corrections();")]
