"""A list writes thousands of rows at once: its events ask for no second proof of their keys, registrations leave room.

In a page with room, a registration brought up to date every month stays in its page and touches no index.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0022_kept_words'),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE referrals_registrationstatus SET (fillfactor = 45)",
            "ALTER TABLE referrals_registrationstatus RESET (fillfactor)",
        ),
        migrations.AlterField(
            model_name='registrationentry',
            name='beneficiary',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='registration_entries', to='referrals.beneficiary'),
        ),
        migrations.AlterField(
            model_name='registrationentry',
            name='list',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='referrals.registrationlist'),
        ),
    ]
