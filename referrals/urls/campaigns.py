"""The addresses of campaigns, of their people and of slots."""

from hub.core.urls import route
from referrals.views import campaigns as views
from referrals.views import slots, summonses

LIST = "campaign.list"

urlpatterns = [
    route("convocations/", views.index, name="campaigns", access=LIST),
    route("convocations/nouvelle/", views.new, name="campaign_new", access=LIST),
    route("convocations/creneaux/", slots.index, name="slots", access=LIST),
    route("convocations/creneaux/nouveau/", slots.new, name="slot_new", access=LIST),
    route("convocations/creneaux/<uuid:pk>/", slots.slot, name="slot", access=LIST),
    route("convocations/personnes/<uuid:pk>/", summonses.summons, name="summons", access=LIST),
    route("convocations/personnes/<uuid:pk>/prevenue/", summonses.tell, name="summons_told", access=LIST),
    route("convocations/<uuid:pk>/", views.record, name="campaign", access=LIST),
    route("convocations/<uuid:pk>/textes/", views.words, name="campaign_words", access=LIST),
    route("convocations/<uuid:pk>/personnes/", views.add, name="campaign_add", access=LIST),
    route("convocations/<uuid:pk>/creneaux/", views.slots, name="campaign_slots", access=LIST),
    route("convocations/<uuid:pk>/repartir/", views.distribute, name="campaign_distribute", access=LIST),
    route("convocations/<uuid:pk>/envoyer/", views.send, name="campaign_send", access=LIST),
    route("convocations/<uuid:pk>/convoquer/", views.convene, name="campaign_convene", access=LIST),
    route("convocations/<uuid:pk>/annuler/", views.cancel, name="campaign_cancel", access=LIST),
    route("convocations/<uuid:pk>/retirer/", views.withdraw, name="campaign_withdraw", access=LIST),
    route("convocations/<uuid:pk>/seconde/", views.again, name="campaign_again", access=LIST),
    route("convocations/<uuid:pk>/courriers/", views.letters, name="campaign_letters", access=LIST),
    route("convocations/<uuid:pk>/liste/", views.export, name="campaign_export", access=LIST),
]
