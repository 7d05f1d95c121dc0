"""The addresses of the directory, of trainings and of actions."""

from collective_actions.urls import actions, directory, endings, placements, rosters, trainings

urlpatterns = [
    *directory.urlpatterns,
    *actions.urlpatterns,
    *endings.urlpatterns,
    *placements.urlpatterns,
    *rosters.urlpatterns,
    *trainings.urlpatterns,
]
