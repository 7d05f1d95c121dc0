from django.db import migrations

from hub.core.rls import WIDE, either, protect

OWN = either(WIDE, "organization_id = (SELECT app_org())")


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial"), ("core", "0002_row_level_security")]

    operations = [
        protect("partners_storedfile", select=OWN, insert=OWN, update=OWN),
        protect("partners_importjob", select=OWN, insert=OWN, update=OWN),
        protect("partners_importrow", select=WIDE, insert=WIDE, update=WIDE, delete=WIDE),
    ]
