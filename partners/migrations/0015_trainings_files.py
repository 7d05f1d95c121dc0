# The lines of an offer of training speak of nobody: whoever brought it reads them.

from django.db import migrations, models

from hub.core.rls import WIDE, either, relock

OF_MINE = (
    "job_id IN (SELECT j.id FROM partners_importjob j"
    " WHERE j.kind = 'trainings' AND j.organization_id = (SELECT app_org()))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0014_roster_kind'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importjob',
            name='kind',
            field=models.CharField(choices=[('people', 'Personnes (tableau)'), ('caf_flow', 'Bénéficiaires (flux mensuel CAF ou MSA)'), ('registration', "Liste d'inscription du service public de l'emploi"), ('directory', 'Répertoire : structures et services'), ('roster', 'Liste de stagiaires'), ('trainings', 'Formations : offre et sessions')], max_length=20),
        ),
        relock("partners_importrow", {"select": WIDE}, {"select": either(WIDE, OF_MINE)}),
    ]
