"""The addresses of referrals."""

from hub.core.urls import route
from referrals.views import composer, referrals

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
    route("orientations/<uuid:pk>/<slug:name>/", referrals.referral_act, name="referral_act", access="referral.list"),
]
