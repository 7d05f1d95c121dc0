from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Listen to the end of every transaction, and to people who sign out."""
        import notifications.flush
        import notifications.policies
        import notifications.signals  # noqa: F401
