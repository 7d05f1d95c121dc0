from django.apps import AppConfig

from hub import checks


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Pacte"

    def ready(self) -> None:
        import hub.celery  # noqa: F401  (tasks find the application)

        checks.install()
