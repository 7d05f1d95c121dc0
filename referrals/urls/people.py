"""The addresses of people."""

from hub.core.urls import route
from referrals.views import files, pathways, people

urlpatterns = [
    route("personnes/", people.people, name="people", access="people.list"),
    route("personnes/nouvelle/", files.person_create, name="person_create", access="person.create"),
    route("personnes/<uuid:pk>/", people.person, name="person", access="people.list"),
    route("personnes/<uuid:pk>/nir/", people.person_nir, name="person_nir", access="people.list"),
    route("personnes/<uuid:pk>/ouvrir/", people.person_open, name="person_open", access="people.list"),
    route("personnes/<uuid:pk>/modifier/", files.person_edit, name="person_edit", access="people.list"),
    route("personnes/<uuid:pk>/contact/", files.person_contact, name="person_contact", access="people.list"),
    route("personnes/<uuid:pk>/restreindre/", files.person_restrict, name="person_restrict", access="people.list"),
    route("personnes/<uuid:pk>/deces/", files.person_death, name="person_death", access="people.list"),
    route("personnes/<uuid:pk>/lien/", files.person_link, name="person_link", access="people.list"),
    route("personnes/<uuid:pk>/orientation/", pathways.track_decide, name="track_decide", access="people.list"),
    route("personnes/<uuid:pk>/freins/", pathways.person_barriers, name="person_barriers", access="people.list"),
    route("personnes/<uuid:pk>/dispense/", pathways.person_exempt, name="person_exempt", access="people.list"),
    route("personnes/<uuid:pk>/absence/", pathways.person_explain, name="person_explain", access="people.list"),
    route("personnes/<uuid:pk>/absence/terme/", pathways.person_answer, name="person_answer", access="people.list"),
    route("decisions/<uuid:pk>/annuler/", pathways.track_void, name="track_void", access="people.list"),
    route("suivis/<uuid:pk>/referent/", pathways.assignment_referent, name="assignment_referent", access="people.list"),
    route("ouvertures/", people.openings, name="openings", access="person.opening.review"),
    route("ouvertures/<uuid:pk>/relu/", people.opening_review, name="opening_review", access="person.opening.review"),
]
