"""The addresses of the pages that belong to no app."""

from hub.core.urls import ACCOUNT, MEMBER, PUBLIC, route
from hub.health import health, metrics
from hub.home import robots, search, today

urlpatterns = [
    route("", today, name="home", access=ACCOUNT),
    route("recherche/", search, name="search", access=MEMBER),
    route("health/", health, name="health", access=PUBLIC),
    route("metrics/", metrics, name="metrics", access=PUBLIC),  # closes itself: only this machine or a token
    route("robots.txt", robots, name="robots", access=PUBLIC),
]
