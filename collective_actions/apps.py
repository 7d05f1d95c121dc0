from importlib import import_module

from django.apps import AppConfig

# Modules that register rules, scopes, importers and providers of shared screens when imported.
REGISTERING = (
    "policies.actions",
    "policies.trainings",
    "policies.rosters",
    "importers.rosters",
    "reactions",
    "policies.feeds",
    "policies.candidacies",
    "selectors.trainings",
    "selectors.candidacies",
    "reactions_candidacies",
    "importers.trainings",
    "services.actions.reactions",
    "providers",
    "providers_actions",
)


class CollectiveActionsConfig(AppConfig):
    name = "collective_actions"
    verbose_name = "Formations, actions, répertoire"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(f"{self.name}.{module}")
