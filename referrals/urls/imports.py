"""Addresses of imports."""

from hub.core.urls import route
from referrals.views import corrections, import_undo, matches
from referrals.views import imports as views

LIST = "import.list"
MATCHES = "match.list"

urlpatterns = [
    route("imports/", views.index, name="imports", access=LIST),
    route("imports/deposer/", views.new, name="import_new", access=LIST),
    route("imports/a-rapprocher/", matches.index, name="matches", access=MATCHES),
    route("imports/a-rapprocher/<uuid:pk>/", matches.record, name="match", access=MATCHES),
    route("imports/decisions/<uuid:pk>/annuler/", matches.revoke, name="match_revoke", access=MATCHES),
    route("imports/<uuid:pk>/lignes/<str:line>/", corrections.line, name="import_line", access=LIST),
    route("imports/<uuid:pk>/", views.record, name="import", access=LIST),
    route("imports/<uuid:pk>/confirmer/", views.confirm, name="import_confirm", access=LIST),
    route("imports/<uuid:pk>/annuler/", import_undo.undo, name="import_undo", access=LIST),
    route("imports/<uuid:pk>/contenu/", views.coverage, name="import_coverage", access=LIST),
    route("imports/<uuid:pk>/colonnes/", views.columns, name="import_columns", access=LIST),
    route("imports/<uuid:pk>/abandonner/", views.discard, name="import_discard", access=LIST),
    route("imports/<uuid:pk>/rejets/", views.rejects, name="import_rejects", access=LIST),
]
