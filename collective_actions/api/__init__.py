"""Trainings and their candidates for machines."""

from collective_actions.api import trainings

urlpatterns = [*trainings.urlpatterns]
