"""Plain Django under the same server: a session, and either one INSERT and one PUBLISH, or a page of three queries.

The page is what a beginner would write over as many people: who asks (session, user) and twenty-five rows of an
unlocked table, drawn by a template. No rights, no count, no search, no frame, nothing journalled.
"""

from __future__ import annotations

import os

import django
from django.conf import settings

django.setup()
settings.ROOT_URLCONF = __name__
settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
settings.MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

from django.contrib.auth.backends import ModelBackend  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from redis import Redis  # noqa: E402

from partners.accounts import Accounts  # noqa: E402

Accounts.get_user = ModelBackend.get_user  # type: ignore[method-assign]  # as Django reads who asks
redis = Redis.from_url(os.environ["REDIS_URL"])
PAGE = engines["django"].from_string("""<h1>{{ user }}</h1><table>{% for one in people %}
<tr><th><a href="/{{ one.pk }}/">{{ one }}</a></th><td>{{ one.birth_date|date:"d/m/Y" }}</td><td>{{ one.city }}
</td></tr>{% endfor %}</table>""")


class Person(models.Model):
    """The copy that goal 9 makes of all people, without a lock."""

    id = models.UUIDField(primary_key=True)
    last_name = models.TextField()
    first_names = models.TextField()
    birth_date = models.DateField(null=True)
    city = models.TextField()
    sort_key = models.TextField()

    class Meta:
        app_label, db_table, managed = "bench", "bench_people", False

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_names}"


def write(request: HttpRequest) -> HttpResponse:
    """Who is it, one row, COMMIT, one message."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO notifications_outbox (user_id, seq) VALUES (gen_random_uuid(), 1)")
        transaction.on_commit(lambda: redis.publish("bench-plain", str(request.user.pk)))
    return HttpResponse(status=201)


def read(request: HttpRequest) -> HttpResponse:
    """Session, user, and a page of twenty-five rows."""
    people = Person.objects.order_by("sort_key", "id")[:25]
    return HttpResponse(PAGE.render({"user": request.user, "people": people}))


urlpatterns = [path("write/", write), path("read/", read)]
application = get_wsgi_application()
