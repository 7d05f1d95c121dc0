"""Plain Django under the same server: a session, and either one INSERT and one PUBLISH, or three queries and a page."""

from __future__ import annotations

import os

import django
from django.conf import settings

django.setup()
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from redis import Redis  # noqa: E402

from partners.models import Commune, Organization  # noqa: E402

redis = Redis.from_url(os.environ["REDIS_URL"])
LINE = "<tr><th><a href='/{pk}/'>{name}</a></th><td>{code}</td></tr>"


def write(request: HttpRequest) -> HttpResponse:
    """Who is it, one row, COMMIT, one message."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO notifications_outbox (user_id, seq) VALUES (gen_random_uuid(), 1)")
        transaction.on_commit(lambda: redis.publish("bench-plain", str(request.user.pk)))
    return HttpResponse(status=201)


def read(request: HttpRequest) -> HttpResponse:
    """Session, user, and a page of twenty-five rows."""
    who = request.user
    rows = Commune.objects.filter(name__gte="M")[:25]
    body = "".join(LINE.format(pk=row.pk, name=row.name, code=row.postcodes) for row in rows)
    return HttpResponse(f"<h1>{who}</h1><p>{Organization.objects.count()}</p><table>{body}</table>")


urlpatterns = [path("write/", write), path("read/", read)]
application = get_wsgi_application()
