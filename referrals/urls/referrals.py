"""The addresses of referrals."""

from hub.core.urls import PUBLIC, route
from referrals.views import answer_links, composer, referrals

urlpatterns = [
    route(
        "personnes/<uuid:pk>/orienter/", composer.referral_compose, name="referral_compose", access="referral.compose"
    ),
    route("orientations/", referrals.referrals, name="referrals", access="referral.list"),
    route("orientations/<uuid:pk>/", referrals.referral, name="referral", access="referral.list"),
    route("orientations/<uuid:pk>/lue/", referrals.referral_seen, name="referral_seen", access="referral.list"),
    route(
        "orientations/<uuid:pk>/revenir/",
        referrals.referral_take_back,
        name="referral_take_back",
        access="referral.list",
    ),
    route(
        "orientations/<uuid:pk>/proposer/", composer.referral_redirect, name="referral_redirect", access="referral.list"
    ),
    route("orientations/<uuid:pk>/lien/", answer_links.link_renew, name="link_renew", access="referral.list"),
    # Answering without an account
    route("reponse/<str:token>/", answer_links.answer_link, name="answer_link", access=PUBLIC),
    route("reponse/<str:token>/code/", answer_links.link_code, name="link_code", access=PUBLIC),
    route("reponse/<str:token>/ouvrir/", answer_links.link_open, name="link_open", access=PUBLIC),
    route("reponse/<str:token>/annuler/", answer_links.link_take_back, name="link_take_back", access=PUBLIC),
    route("reponse/<str:token>/<slug:name>/", answer_links.link_act, name="link_act", access=PUBLIC),
    route("orientations/<uuid:pk>/<slug:name>/", referrals.referral_act, name="referral_act", access="referral.list"),
]
