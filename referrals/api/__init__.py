"""Doors for machines: people, referrals, registration gaps, files."""

from referrals.api import gaps, imports, people, referrals

urlpatterns = people.urlpatterns + referrals.urlpatterns + gaps.urlpatterns + imports.urlpatterns
