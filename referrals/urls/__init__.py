"""The addresses of people, referrals, gaps, appointments, campaigns and files."""

from referrals.urls import appointments, campaigns, gaps, imports, letters, people, referrals

urlpatterns = [
    *people.urlpatterns,
    *referrals.urlpatterns,
    *imports.urlpatterns,
    *gaps.urlpatterns,
    *letters.urlpatterns,  # before: an appointment takes any word after its id for a gesture
    *appointments.urlpatterns,
    *campaigns.urlpatterns,
]
