"""A list of Pôle emploi that the Département's officer brings names its people as much as one Pôle emploi brings: its
lines are those of the agency they name. A list made by hand is the Département's own words, and is not given back."""

from importlib import import_module

from django.db import migrations

BEFORE: str = import_module("referrals.migrations.0017_list_corrections").CORRECTIONS
AS_BEFORE = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
OWN = "j.organization_id = (SELECT app_org())"
ITS_AGENCY = """EXISTS (
  SELECT 1 FROM partners_team t JOIN partners_organization mine ON mine.id = t.organization_id
    JOIN partners_organization bringer ON bringer.id = j.organization_id AND bringer.kind_id = 'department'
   WHERE t.organization_id = (SELECT app_org()) AND mine.kind_id = 'employment_service'
     AND t.department_id = (SELECT app_dept()) AND t.agency_code <> '' AND t.agency_code = m.agency
     AND NOT j.survey->'fields' ? 'situation')"""
NOW = AS_BEFORE.replace(OWN, f"{OWN} OR {ITS_AGENCY}")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0024_search_by_start")]

    operations = [migrations.RunSQL(NOW, AS_BEFORE)]
