from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_migrate

from hub.core.guard import install_guard
from hub.core.privileges import grant_defaults


class CoreConfig(AppConfig):
    name = "hub.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(install_guard)
        pre_migrate.connect(grant_defaults, sender=self)
