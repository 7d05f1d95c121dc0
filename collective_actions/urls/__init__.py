"""The addresses of the directory, of trainings and of actions."""

from collective_actions.urls import directory, trainings

urlpatterns = [*directory.urlpatterns, *trainings.urlpatterns]
