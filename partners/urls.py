"""The addresses of who we are; on objects, the view checks the rule and answers 404 to strangers."""

from hub.core.urls import ACCOUNT, MEMBER, PUBLIC, route
from partners.views import accounts, departments, invitations, members, onboarding, organizations, territories

urlpatterns = [
    # Directory
    route("reseau/", organizations.organization_index, name="organizations", access=MEMBER),
    route("reseau/nouvelle/", organizations.organization_new, name="organization_new", access="organization.create"),
    route("reseau/<uuid:pk>/", organizations.organization_page, name="organization", access=MEMBER),
    route("reseau/<uuid:pk>/modifier/", organizations.organization_edit, name="organization_edit", access=MEMBER),
    route("reseau/<uuid:pk>/equipes/nouvelle/", organizations.team_new, name="team_new", access=MEMBER),
    route("reseau/equipes/<uuid:pk>/", organizations.team_edit, name="team_edit", access=MEMBER),
    route("reseau/<uuid:pk>/fermetures/", organizations.closing_add, name="closing_add", access=MEMBER),
    route("reseau/<uuid:pk>/fermetures/retirer/", organizations.closing_remove, name="closing_remove", access=MEMBER),
    # Members and invitations
    route("reseau/<uuid:pk>/membres/", members.member_index, name="members", access=MEMBER),
    route("membres/<uuid:pk>/", members.member_edit, name="member_edit", access=MEMBER),
    route("membres/<uuid:pk>/absences/", members.member_absences, name="member_absences", access=MEMBER),
    route("membres/<uuid:pk>/desactiver/", members.member_deactivate, name="member_deactivate", access=MEMBER),
    route("membres/<uuid:pk>/reactiver/", members.member_reactivate, name="member_reactivate", access=MEMBER),
    route("invitations/", invitations.invitation_index, name="invitations", access="invitation.list"),
    route("reseau/<uuid:pk>/inviter/", invitations.invitation_new, name="invitation_new", access=MEMBER),
    route("invitations/<uuid:pk>/renvoyer/", invitations.invitation_resend, name="invitation_resend", access=MEMBER),
    route("invitations/<uuid:pk>/retirer/", invitations.invitation_revoke, name="invitation_revoke", access=MEMBER),
    route("invitation/<str:token>/", invitations.invitation_accept, name="accept_invitation", access=PUBLIC),
    # Onboarding
    route("reseau/tableau/", onboarding.onboarding, name="onboarding", access="onboarding.run"),
    route("reseau/tableau/appliquer/", onboarding.onboarding_apply, name="onboarding_apply", access="onboarding.run"),
    route("reseau/tableau/resultat/", onboarding.onboarding_done, name="onboarding_done", access="onboarding.run"),
    route("reseau/tableau/modele.csv", onboarding.onboarding_model, name="onboarding_model", access="onboarding.run"),
    # Administration of the Département
    route("acces/", departments.access_review, name="access_review", access="access.review"),
    route("acces/export.csv", departments.access_export, name="access_export", access="access.review"),
    route("reglages/", departments.department_settings, name="department_settings", access="department.settings"),
    route("territoires/", territories.territory_index, name="territories", access="territory.edit"),
    route("territoires/nouveau/", territories.territory_new, name="territory_new", access="territory.edit"),
    route("territoires/<uuid:pk>/", territories.territory_page, name="territory", access="territory.edit"),
    route(
        "territoires/<uuid:pk>/modifier/", territories.territory_edit, name="territory_edit", access="territory.edit"
    ),
    route("territoires/<uuid:pk>/communes/", territories.communes_move, name="communes_move", access="territory.edit"),
    # My account
    route("mon-compte/", accounts.account_page, name="account", access=ACCOUNT),
    route("mon-compte/absences/", accounts.absence_new, name="absence_new", access="absence.declare"),
    route(
        "mon-compte/absences/<uuid:pk>/retirer/",
        accounts.absence_withdraw,
        name="absence_withdraw",
        access="absence.declare",
    ),
    route("mon-compte/cles/", accounts.token_new, name="token_new", access="token.create"),
    route("mon-compte/cles/<uuid:pk>/revoquer/", accounts.token_revoke, name="token_revoke", access=MEMBER),
    route("organisation/", accounts.switch_membership, name="switch_membership", access=ACCOUNT),
]
