"""Doors for machines: people, referrals, registration gaps, files, appointments, campaigns."""

from referrals.api import appointments, campaigns, gaps, imports, matches, people, referrals

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *gaps.urlpatterns,
    *matches.urlpatterns,
    *imports.urlpatterns,
    *appointments.urlpatterns,
    *campaigns.urlpatterns,
]
