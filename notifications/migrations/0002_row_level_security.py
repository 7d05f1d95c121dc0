from django.db import migrations

from hub.core.rls import SYSTEM, either, protect

OWN = either(SYSTEM, "user_id = (SELECT app_user())")


class Migration(migrations.Migration):
    """Notices of others are written by the flush, as the product itself; cursors and doorbells hold no person."""

    dependencies = [("notifications", "0001_initial"), ("core", "0002_row_level_security")]

    operations = [protect("notifications_notification", select=OWN, insert=SYSTEM, update=OWN)]
