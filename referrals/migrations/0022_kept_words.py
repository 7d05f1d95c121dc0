from django.db import migrations, models

KEPT = models.CharField(blank=True, default="", max_length=300, verbose_name="pourquoi ces mots sont gardés")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0021_journals_by_parent")]

    operations = [
        migrations.AddField("appointment", "kept_because", KEPT),
        migrations.AddField("campaign", "kept_because", KEPT),
    ]
