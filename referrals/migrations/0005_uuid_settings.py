import uuid

from django.db import migrations, models

TABLES = {"exitcode": "referrals_exitcode", "expectedlist": "referrals_expectedlist"}


def alter(model: str, table: str) -> migrations.SeparateDatabaseAndState:
    """Nothing refers to these rows: they may simply take new numbers."""
    sql = (
        f"ALTER TABLE {table} ALTER COLUMN id DROP IDENTITY;"
        f"ALTER TABLE {table} ALTER COLUMN id TYPE uuid USING gen_random_uuid();"
    )
    field = models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(sql, migrations.RunSQL.noop)],
        state_operations=[migrations.AlterField(model, "id", field)],
    )


class Migration(migrations.Migration):
    """Addresses hold no number that one can count up from."""

    dependencies = [("referrals", "0004_statement_history")]

    operations = [alter(model, table) for model, table in TABLES.items()]
