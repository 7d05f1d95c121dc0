"""The map of the API: every app's routes under `v1/`, their description, and one answer for all other addresses."""

from django.urls import URLPattern, URLResolver, include, path

import collective_actions.api
import notifications.api
import partners.api
import referrals.api
from hub.api.docs import DocsView, SchemaView
from hub.api.problems import not_found
from hub.core.urls import ACCOUNT, PUBLIC, route

V1: list[URLPattern | URLResolver] = [
    *partners.api.urlpatterns,
    *referrals.api.urlpatterns,
    *collective_actions.api.urlpatterns,
    *notifications.api.urlpatterns,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(V1)),
    route("schema/", SchemaView.as_view(), name="api_schema", access=ACCOUNT),
    route("docs/", DocsView.as_view(), name="api_docs", access=ACCOUNT),
    route("<path:rest>/", not_found, name="api_not_found", access=PUBLIC),
]
