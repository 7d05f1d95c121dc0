from django.apps import AppConfig


class CollectiveActionsConfig(AppConfig):
    name = "collective_actions"
