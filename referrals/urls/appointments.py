"""The addresses of appointments and contracts."""

from hub.core.urls import route
from referrals.views import appointments as views
from referrals.views import joint_sessions

LIST = "appointment.list"

urlpatterns = [
    route("rendez-vous/", views.index, name="appointments", access=LIST),
    route("rendez-vous/a-venir/", views.coming, name="appointments_coming", access=LIST),
    route("rendez-vous/seances-communes/", joint_sessions.index, name="joint_sessions", access=LIST),
    route("rendez-vous/seances-communes/<uuid:pk>/", joint_sessions.record, name="joint_session", access=LIST),
    route("rendez-vous/<uuid:pk>/", views.record, name="appointment", access=LIST),
    route("rendez-vous/<uuid:pk>/deplacer/", views.move, name="appointment_move", access=LIST),
    route("rendez-vous/<uuid:pk>/fiche/", views.print_slip, name="appointment_slip", access=LIST),
    route("rendez-vous/<uuid:pk>/<slug:name>/", views.act, name="appointment_act", access=LIST),
    route("personnes/<uuid:pk>/rendez-vous/", views.plan, name="appointment_plan", access=LIST),
    route("personnes/<uuid:pk>/contrat/", views.contract, name="contract", access="people.list"),
]
