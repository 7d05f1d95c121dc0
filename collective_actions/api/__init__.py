"""Doors for machines: collective actions, who comes, trainings and their candidates."""

from collective_actions.api import actions, enrolments, trainings

urlpatterns = [*actions.urlpatterns, *enrolments.urlpatterns, *trainings.urlpatterns]
