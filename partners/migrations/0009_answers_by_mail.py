from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0008_undo_in_background'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='answers_by_mail',
            field=models.BooleanField(default=False, verbose_name='reçoit aussi les orientations par courriel'),
        ),
    ]
