"""The addresses of people, referrals, gaps, appointments and files."""

from referrals.urls import appointments, gaps, imports, people, referrals

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *imports.urlpatterns,
    *gaps.urlpatterns,
    *appointments.urlpatterns,
]
