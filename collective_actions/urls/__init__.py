"""The addresses of the directory, of trainings and of actions."""

from collective_actions.urls import actions, directory, endings, rosters, trainings

urlpatterns = [
    *directory.urlpatterns,
    *actions.urlpatterns,
    *endings.urlpatterns,
    *rosters.urlpatterns,
    *trainings.urlpatterns,
]
