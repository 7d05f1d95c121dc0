"""The addresses of ends of trainings."""

from collective_actions.views import endings
from hub.core.urls import route

LIST, FOLLOW = "trainee.list", "trainee.follow"

urlpatterns = [
    route("formations/sorties/", endings.endings, name="training_ends", access=LIST),
    route("formations/sorties/delais/", endings.delays, name="training_delays", access=LIST),
    route("formations/sorties/delais.csv", endings.delays_csv, name="training_delays_csv", access=LIST),
    route("formations/sorties/<uuid:pk>/", endings.ending, name="training_end", access=LIST),
    route("formations/sorties/<uuid:pk>/charge/", endings.take, name="training_end_take", access=FOLLOW),
    route("formations/sorties/<uuid:pk>/rappeler/", endings.again, name="training_end_again", access=FOLLOW),
    route("formations/sorties/<uuid:pk>/plus-tard/", endings.later, name="training_end_later", access=FOLLOW),
    route("formations/sorties/<uuid:pk>/emploi/", endings.placed, name="training_end_placed", access=FOLLOW),
    route("formations/sorties/<uuid:pk>/entretien/", endings.interview, name="training_end_interview", access=FOLLOW),
]
