from django.db import migrations

from hub.core.rls import APP, SAME_DEPARTMENT, SYSTEM, both

# PostgreSQL itself refuses to delete anybody but those a file created, or changed, that is being taken back.
WRITTEN = (
    "SELECT r.beneficiary_id FROM partners_importrow r JOIN partners_importjob j ON j.id = r.job_id"
    " WHERE j.state = 'undoing' AND r.verdict IN ({})"
)
PEOPLE = {"referrals_beneficiary": ("id", "'created'")}
OF_PEOPLE = ("nationalnumber", "trackdecision", "supportassignment", "accessgrant")
TABLES = PEOPLE | {f"referrals_{name}": ("beneficiary_id", "'created', 'changed'") for name in OF_PEOPLE}


def may_delete(table: str, column: str, verdicts: str) -> migrations.RunSQL:
    condition = both(SAME_DEPARTMENT, SYSTEM, f"{column} IN ({WRITTEN.format(verdicts)})")
    return migrations.RunSQL(
        f"GRANT DELETE ON {table} TO {APP}; CREATE POLICY may_delete ON {table} FOR DELETE TO {APP} USING ({condition});",
        f"DROP POLICY may_delete ON {table}; REVOKE DELETE ON {table} FROM {APP};",
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0012_registration_month"), ("partners", "0008_undo_in_background")]

    operations = [may_delete(table, *terms) for table, terms in TABLES.items()]
