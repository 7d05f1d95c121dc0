"""The addresses of collective actions, their sessions and who comes."""

from collective_actions.views import actions, design, enrolments, sessions
from hub.core.urls import MEMBER, route

ROOT = "formations/actions/"
ONE, SESSION = f"{ROOT}<uuid:pk>/", f"{ROOT}seances/<uuid:pk>/"

urlpatterns = [
    route(ROOT, actions.index, name="actions", access=MEMBER),
    route(f"{ROOT}concevoir/", design.action_new, name="action_new", access="action.design"),
    route(ONE, actions.action, name="action", access=MEMBER),
    route(f"{ONE}etapes/<str:step>/", design.action_step, name="action_step", access=MEMBER),
    route(f"{ONE}publier/", actions.action_publish, name="action_publish", access=MEMBER),
    route(f"{ONE}annuler/", actions.action_cancel, name="action_cancel", access=MEMBER),
    route(f"{ONE}contingents/", actions.action_quota, name="action_quota", access=MEMBER),
    route(f"{ONE}modele/", design.model_keep, name="model_keep", access=MEMBER),
    route(f"{ROOT}modeles/<uuid:pk>/retirer/", design.model_forget, name="model_forget", access=MEMBER),
    route(f"{ONE}inscrire/", enrolments.action_enrol, name="action_enrol", access=MEMBER),
    route(f"{ONE}seances/", sessions.session_new, name="action_session_new", access=MEMBER),
    route(SESSION, sessions.session, name="action_session", access=MEMBER),
    route(f"{SESSION}modifier/", sessions.session_edit, name="action_session_edit", access=MEMBER),
    route(f"{SESSION}annuler/", sessions.session_cancel, name="action_session_cancel", access=MEMBER),
    route(f"{SESSION}presences/", sessions.session_attendance, name="action_session_attendance", access=MEMBER),
    route(f"{SESSION}resultats/", sessions.session_conclude, name="action_session_conclude", access=MEMBER),
    route(f"{SESSION}feuille.pdf", sessions.session_sheet, name="action_session_sheet", access=MEMBER),
    route(f"{SESSION}venir/", enrolments.session_join, name="action_session_join", access=MEMBER),
    route(f"{ROOT}inscriptions/<uuid:pk>/<str:name>/", enrolments.enrolment_act, name="enrolment_act", access=MEMBER),
]
