"""OpenAPI and its pages, from files of this server, with no inline script nor style (our CSP refuses them)."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from hub.api.schema import CUSTOM_SETTINGS


class SchemaView(SpectacularAPIView):
    """`/api/schema/`: YAML, or JSON with `Accept: application/json`."""

    custom_settings = CUSTOM_SETTINGS
    api_version = "1"


class DocsView(SpectacularSwaggerSplitView):
    """`/api/docs/`: read and try."""

    url_name = "api_schema"
    template_name = "api/docs.html"
    title = "Pacte · portes pour les logiciels"
