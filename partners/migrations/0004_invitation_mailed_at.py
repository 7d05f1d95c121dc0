from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_organization_kinds")]

    operations = [migrations.AddField("invitation", "mailed_at", models.DateTimeField(null=True))]
