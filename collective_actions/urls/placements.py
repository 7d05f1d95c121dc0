"""The addresses of jobs followed."""

from collective_actions.views import placements
from hub.core.urls import route

LIST, FOLLOW = "trainee.list", "placement.follow"

urlpatterns = [
    route("formations/sorties/emplois/", placements.placements, name="placements", access=LIST),
    route("formations/sorties/<uuid:pk>/emploi-trouve/", placements.new, name="placement_new", access=FOLLOW),
    route("formations/sorties/emplois/<uuid:pk>/", placements.placement, name="placement", access=LIST),
    route("formations/sorties/emplois/<uuid:pk>/point/", placements.well, name="placement_well", access=FOLLOW),
    route(
        "formations/sorties/emplois/<uuid:pk>/difficulte/", placements.difficulty, name="placement_hard", access=FOLLOW
    ),
    route("formations/sorties/emplois/<uuid:pk>/fin/", placements.end, name="placement_end", access=FOLLOW),
]
