"""The addresses of lists of trainees."""

from collective_actions.views import rosters
from hub.core.urls import route

urlpatterns = [
    route("formations/listes/", rosters.rosters, name="rosters", access="roster.list"),
    route("formations/listes/deposer/", rosters.bring, name="roster_bring", access="roster.bring"),
    route("formations/listes/transmettre/", rosters.confirm_all, name="rosters_confirm", access="roster.bring"),
    route("formations/listes/couverture/", rosters.coverage, name="roster_coverage", access="roster.list"),
    route("formations/listes/modele.csv", rosters.model, name="roster_model", access="roster.list"),
    route("formations/listes/<uuid:pk>/transmettre/", rosters.confirm, name="roster_confirm", access="roster.bring"),
    route("formations/listes/<uuid:pk>/abandonner/", rosters.discard, name="roster_discard", access="roster.bring"),
    route("formations/listes/<uuid:pk>/rejets.csv", rosters.rejects, name="roster_rejects", access="roster.bring"),
]
