"""Doors for machines: actions, who comes, trainings, their candidates, lists of trainees, ends of trainings,
jobs followed."""

from collective_actions.api import actions, endings, enrolments, placements, posts, rosters, trainings

urlpatterns = [
    *actions.urlpatterns,
    *enrolments.urlpatterns,
    *posts.urlpatterns,
    *trainings.urlpatterns,
    *rosters.urlpatterns,
    *endings.urlpatterns,
    *placements.urlpatterns,
]
