"""The addresses of trainings, their sessions and their calendar."""

from collective_actions.views import calendar, candidacies, trainings
from hub.core.urls import MEMBER, PUBLIC, route

SESSION = "formations/sessions/<uuid:pk>/"
SUBSCRIBE = "calendar.subscribe"

urlpatterns = [
    route("formations/", calendar.trainings, name="trainings", access=MEMBER),
    route("formations/nouvelle/", trainings.session_new, name="training_new", access="training.publish"),
    route("formations/abonnements/", calendar.feeds, name="calendar_feeds", access=SUBSCRIBE),
    route("formations/abonnements/nouveau/", calendar.feed_open, name="calendar_feed_open", access=SUBSCRIBE),
    route(
        "formations/abonnements/<uuid:pk>/retirer/", calendar.feed_revoke, name="calendar_feed_revoke", access=SUBSCRIBE
    ),
    route(SESSION, trainings.session, name="training_session", access=MEMBER),
    route(f"{SESSION}modifier/", trainings.session_edit, name="training_session_edit", access=MEMBER),
    route(f"{SESSION}annuler/", trainings.session_cancel, name="training_session_cancel", access=MEMBER),
    route(f"{SESSION}retablir/", trainings.session_reinstate, name="training_session_reinstate", access=MEMBER),
    route(f"{SESSION}positionner/", candidacies.position_new, name="candidacy_new", access="candidacy.create"),
    route(
        "candidatures/<uuid:pk>/resultat/<str:name>/",
        candidacies.candidacy_result,
        name="candidacy_result",
        access=MEMBER,
    ),
    route("candidatures/<uuid:pk>/retirer/", candidacies.candidacy_withdraw, name="candidacy_withdraw", access=MEMBER),
    route("agenda/<str:token>.ics", calendar.feed, name="calendar_feed", access=PUBLIC),
]
