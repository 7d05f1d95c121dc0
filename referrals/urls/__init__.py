"""The addresses of people, referrals, gaps, appointments and files."""

from referrals.urls import appointments, gaps, imports, letters, people, referrals

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *imports.urlpatterns,
    *gaps.urlpatterns,
    *letters.urlpatterns,  # before: an appointment takes any word after its id for a gesture
    *appointments.urlpatterns,
]
