from django.db import migrations

KINDS = [
    ("department", "Département"),
    ("agency", "Agence de développement"),
    ("employment_service", "Service public de l'emploi"),
    ("udaf", "UDAF"),
    ("region", "Région"),
    ("siae", "Structure d'insertion par l'activité économique"),
    ("association", "Association"),
    ("cap_emploi", "Cap emploi"),
    ("local_youth_office", "Mission locale"),
    ("caf", "CAF"),
    ("msa", "MSA"),
    ("state", "État"),
    ("municipality", "Commune, CCAS ou intercommunalité"),
    ("training_body", "Organisme de formation"),
    ("e2c", "École de la deuxième chance"),
    ("employer_network", "Réseau d'employeurs"),
    ("temp_agency", "Agence d'intérim"),
    ("landlord", "Bailleur"),
    ("health", "Santé"),
    ("integration_plan", "PLIE"),
    ("other", "Autre"),
]


def add_kinds(apps, schema_editor):
    kind = apps.get_model("partners", "OrganizationKind").objects.using(schema_editor.connection.alias)
    kind.bulk_create(
        kind.model(code=code, label=label, position=position) for position, (code, label) in enumerate(KINDS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_row_level_security")]

    operations = [migrations.RunPython(add_kinds, migrations.RunPython.noop)]
