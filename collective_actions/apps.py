from importlib import import_module

from django.apps import AppConfig


class CollectiveActionsConfig(AppConfig):
    name = "collective_actions"
    verbose_name = "Formations, actions, répertoire"

    def ready(self) -> None:
        import_module("collective_actions.providers")  # what shared screens show registers itself
