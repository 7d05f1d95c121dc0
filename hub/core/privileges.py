"""What the app role may do with tables: given once per database, before the first migration."""

from __future__ import annotations

from typing import Any

from django.db import connections

DEFAULTS = """
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hub_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO hub_app;
"""


def grant_defaults(*, using: str, **kwargs: Any) -> None:
    """Receiver of `pre_migrate`: tables the owner will create are open to the app role; policies then close rows."""
    if using == "owner":
        with connections[using].cursor() as cursor:
            cursor.execute(DEFAULTS)
