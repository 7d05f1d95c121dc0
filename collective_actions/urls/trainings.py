"""The addresses of trainings and their sessions."""

from collective_actions.views import trainings
from hub.core.urls import MEMBER, route

urlpatterns = [
    route("formations/", trainings.sessions, name="trainings", access=MEMBER),
]
