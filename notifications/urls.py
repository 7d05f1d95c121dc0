"""Routes of notices; the socket and the event stream: `live/routing.py`."""

from hub.core.urls import MEMBER, route
from notifications import views

urlpatterns = [
    route("", views.inbox, name="notifications", access=MEMBER),
    route("cloche/", views.bell, name="notifications_bell", access=MEMBER),
    route("marquer/", views.mark, name="notifications_mark", access=MEMBER),
    route("tout-lire/", views.mark_all_read, name="notifications_read_all", access=MEMBER),
    route("annuler/<str:instant>/", views.undo, name="notifications_undo", access=MEMBER),
]
