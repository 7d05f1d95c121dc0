from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Pacte"

    def ready(self) -> None:
        import hub.celery  # noqa: F401  (tasks find the application)
