"""Doors for machines: people, referrals, registration gaps, files, appointments, campaigns, slots."""

from referrals.api import appointments, campaigns, gaps, imports, matches, people, referrals, slots

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *gaps.urlpatterns,
    *matches.urlpatterns,
    *imports.urlpatterns,
    *appointments.urlpatterns,
    *campaigns.urlpatterns,
    *slots.urlpatterns,
]
