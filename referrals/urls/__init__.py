"""The addresses of people, referrals, gaps and files."""

from referrals.urls import gaps, imports, people, referrals

urlpatterns = [*people.urlpatterns, *referrals.urlpatterns, *imports.urlpatterns, *gaps.urlpatterns]
