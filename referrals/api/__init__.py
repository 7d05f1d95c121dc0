"""Doors for machines: people, referrals, registration gaps, files."""

from referrals.api import gaps, imports, matches, people, referrals

urlpatterns = people.urlpatterns + referrals.urlpatterns + gaps.urlpatterns + matches.urlpatterns + imports.urlpatterns
