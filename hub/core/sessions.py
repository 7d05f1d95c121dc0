"""Django's sessions in the database, read by one prepared statement: every request begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from hub.core.prepared import prepared

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """As Django's, which composes a query and an object for this."""

    def load(self) -> dict[str, Any]:
        """The session's data; none for a key that is unknown or expired."""
        with prepared(), connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
