"""The addresses of the directory, of trainings and of actions."""

from collective_actions.urls import directory, rosters, trainings

urlpatterns = [*directory.urlpatterns, *rosters.urlpatterns, *trainings.urlpatterns]
