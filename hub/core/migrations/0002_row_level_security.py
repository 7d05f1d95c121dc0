from django.db import migrations

from hub.core.rls import FUNCTIONS, protect

DROP = "DROP FUNCTION app_role(), app_dept(), app_org(), app_user(), app_now(), app_wide();"
MINE = "user_id = (SELECT app_user()) AND organization_id = (SELECT app_org())"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        protect("core_accesslog", select=None, insert="true"),
        protect("core_idempotencykey", select=MINE, insert=MINE, update=MINE, delete=MINE),
    ]
