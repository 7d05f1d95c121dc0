"""The map of the product."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("hub.pages")),
    path("", include("partners.urls")),
    path("", include("referrals.urls")),
    path("", include("collective_actions.urls")),
    path("notifications/", include("notifications.urls")),
    path("api/", include("hub.api.urls")),
    path("compte/", include("allauth.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("hub.demo.urls")))
