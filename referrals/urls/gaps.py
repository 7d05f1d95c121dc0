"""Addresses of registration gaps and of the settings of registration."""

from hub.core.urls import route
from referrals.views import gap_board as board
from referrals.views import gap_bulk as bulk
from referrals.views import gap_returns
from referrals.views import gaps as views
from referrals.views import registration_settings as settings

LIST, SETTINGS = "gap.list", "registration.settings"

urlpatterns = [
    route("inscriptions/", views.index, name="gaps", access=LIST),
    route("inscriptions/a-corriger/", gap_returns.index, name="gap_corrections", access="gap.corrections"),
    route(
        "inscriptions/a-corriger/fichier/", gap_returns.export, name="gap_corrections_export", access="gap.corrections"
    ),
    route("inscriptions/vues/", views.keep, name="gap_view_keep", access=LIST),
    route("inscriptions/vues/<uuid:pk>/supprimer/", views.forget, name="gap_view_forget", access=LIST),
    route("inscriptions/gestes/", bulk.bulk, name="gap_bulk", access=LIST),
    route("inscriptions/gestes/<uuid:pk>/annuler/", bulk.undo, name="gap_bulk_undo", access=LIST),
    route("inscriptions/tableau/", board.index, name="gap_board", access=LIST),
    route("inscriptions/tableau/serie.csv", board.series, name="gap_series", access=LIST),
    route("inscriptions/<uuid:pk>/", views.record, name="gap", access=LIST),
    route("inscriptions/<uuid:pk>/vue/", views.acknowledge, name="gap_acknowledge", access=LIST),
    route("inscriptions/<uuid:pk>/prendre-en-charge/", views.take_charge, name="gap_take_charge", access=LIST),
    route("inscriptions/<uuid:pk>/regulariser/", views.resolve, name="gap_resolve", access=LIST),
    route("inscriptions/<uuid:pk>/justifier/", views.justify, name="gap_justify", access=LIST),
    route("inscriptions/<uuid:pk>/rouvrir/", views.reopen, name="gap_reopen", access=LIST),
    route("inscriptions/reglages/", settings.index, name="registration_settings", access=SETTINGS),
    route("inscriptions/reglages/motifs/usuels/", settings.seed, name="exit_codes_seed", access=SETTINGS),
    route("inscriptions/reglages/motifs/nouveau/", settings.exit_code_new, name="exit_code_new", access=SETTINGS),
    route("inscriptions/reglages/motifs/<uuid:pk>/", settings.exit_code_edit, name="exit_code_edit", access=SETTINGS),
    route(
        "inscriptions/reglages/listes/nouvelle/", settings.expected_list_new, name="expected_list_new", access=SETTINGS
    ),
    route(
        "inscriptions/reglages/listes/<uuid:pk>/",
        settings.expected_list_switch,
        name="expected_list_switch",
        access=SETTINGS,
    ),
]
