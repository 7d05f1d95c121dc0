from importlib import import_module

from django.apps import AppConfig

REGISTERING = ("policies", "importers")  # modules that register rules, scopes and importers when imported


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Personnes et orientations"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(f"{self.name}.{module}")
