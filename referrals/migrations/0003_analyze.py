from django.db import migrations

# ANALYZE of what an import has just written (PostgreSQL 17 and later).
GRANT = """
GRANT MAINTAIN ON referrals_beneficiary, referrals_nationalnumber, referrals_trackdecision, referrals_supportassignment,
  referrals_accessgrant, referrals_registrationstatus, referrals_registrationgap TO hub_app;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_row_level_security")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
