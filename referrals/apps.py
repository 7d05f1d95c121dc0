from importlib import import_module

from django.apps import AppConfig

# Modules that register rules, scopes, importers and providers of shared screens when imported.
REGISTERING = (
    "policies",
    "importers",
    "providers",
    "providers_gaps",
    "providers_appointments",
    "providers_letters",
    "providers_services",
)


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Personnes et orientations"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(f"{self.name}.{module}")
