"""Doors for machines: people, referrals, registration gaps, files, appointments."""

from referrals.api import appointments, gaps, imports, matches, people, referrals

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *gaps.urlpatterns,
    *matches.urlpatterns,
    *imports.urlpatterns,
    *appointments.urlpatterns,
]
