from importlib import import_module

from django.apps import AppConfig

# Modules that register rules, scopes and importers when imported.
REGISTERING = ("policies", "policies.directory", "services.directory.importing")


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partenaires"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(f"{self.name}.{module}")
