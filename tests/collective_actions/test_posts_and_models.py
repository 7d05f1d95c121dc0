"""Open posts are services one is sent to; an action designed once serves others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collective_actions.models import CollectiveAction, OpenPost
from collective_actions.services.actions.sessions import record_attendance
from hub.core.gate import tenant
from referrals.models import Referral
from referrals.services.referrals import accept_referral, complete_referral
from tests.actions import action, enrolled, sessions_of
from tests.cast import actor, client
from tests.people import person, referral, reread

pytestmark = pytest.mark.django_db
ROOT = "/formations/actions/"
POST = {"name": "Agent d'entretien", "contract": "integration", "positions": 2, "weekly_hours": 26, "city": "Metz"}


def said(answer):
    return " ".join(answer.content.decode().split())


def test_a_post_is_published_found_prescribed_and_filled(cast):
    host = client(cast.siae_worker)
    made = host.post(f"/reseau/{cast.siae.pk}/postes/nouveau/", POST | {"prescribers": "Prescripteurs habilités"})
    post = OpenPost.objects.select_related("service").get()
    assert made.url == f"/repertoire/{post.pk}/"
    reader = client(cast.udaf_worker)
    found = said(reader.get("/repertoire/", {"nature": "post", "places": "left"}))
    assert "Agent d&#x27;entretien" in found and "À pourvoir" in found
    page = said(reader.get(made.url))
    assert "CDD d&#x27;insertion" in page and "2 postes à pourvoir" in page and "Prescripteurs habilités" in page
    sent = referral(cast, person(cast), service=post.service)
    assert sent.service_id == post.pk
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=sent)
        complete_referral(acting, referral=sent, outcome="iae_entry")
    assert "1 poste à pourvoir" in said(reader.get(made.url))  # hired: nobody writes it again
    assert reader.get(f"{made.url}poste/").status_code == 404
    assert host.post(f"{made.url}poste/", POST | {"filled": 3}).status_code == 422
    assert host.post(f"{made.url}poste/", POST | {"filled": 2}).status_code == 302
    assert "Agent d" not in said(reader.get("/repertoire/", {"nature": "post", "places": "left"}))
    assert "Pourvu" in said(reader.get(made.url))


def test_a_model_is_kept_shared_and_started_from(cast):
    made = action(cast, need="Des retards de loyer", evaluation="Qui revient", audiences=["familles"])
    host = client(cast.charity)
    assert host.post(f"{ROOT}{made.pk}/modele/", {"name": "Budget"}).status_code == 302
    stranger = client(cast.social_worker)
    assert "Budget" not in said(stranger.get(f"{ROOT}concevoir/"))
    host.post(f"{ROOT}{made.pk}/modele/", {"name": "Budget", "shared": "on"})
    page = stranger.get(f"{ROOT}concevoir/").content.decode()
    key = page.partition("?modele=")[2][:36]
    assert "Des retards de loyer" in said(stranger.get(f"{ROOT}concevoir/", {"modele": key}))
    stranger.post(f"{ROOT}concevoir/?modele={key}", {"name": "Le nôtre", "audience": "people", "need": "Autre"})
    ours = CollectiveAction.objects.select_related("service").get(service__name="Le nôtre")
    assert (ours.need, ours.evaluation, ours.service.audiences) == ("Autre", "Qui revient", ["familles"])
    assert ours.service.organization_id == cast.moselle.pk and ours.state == "draft"
    assert client(cast.siae_worker).post(f"{ROOT}modeles/{key}/retirer/").status_code == 404
    assert host.post(f"{ROOT}modeles/{key}/retirer/").status_code == 302
    assert "Budget" not in said(stranger.get(f"{ROOT}concevoir/"))


def test_whoever_came_has_followed_the_action_and_the_sender_learns_it(cast):
    (session,) = sessions_of(action(cast))
    came, missed = (enrolled(cast, person(cast, first_names=name), session)[0] for name in ("Une", "Deux"))
    with tenant(actor(cast.charity, session.starts_at + timedelta(hours=2))) as acting:
        record_attendance(acting, session=session, marks={came.pk: "present", missed.pk: "absent"})
    assert client(cast.social_worker).post(f"{ROOT}seances/{session.pk}/resultats/").status_code == 404
    host = client(cast.charity)
    assert "Transmettre : action suivie" in said(host.get(f"{ROOT}seances/{session.pk}/"))
    assert host.post(f"{ROOT}seances/{session.pk}/resultats/").status_code == 302
    done = reread(cast, Referral(pk=came.referral_id))
    assert (done.state, done.outcome) == ("completed", "service_received")
    assert reread(cast, Referral(pk=missed.referral_id)).state == "sent"
    assert "Transmettre : action suivie" not in said(host.get(f"{ROOT}seances/{session.pk}/"))


def test_posts_and_models_by_api(cast):
    host = client(cast.siae_worker)
    body = {"organization": str(cast.siae.pk), "name": "Aide de cuisine", "contract": "integration", "positions": 1}
    made = host.post("/api/v1/open-posts/", body, content_type="application/json").json()
    reader = client(cast.udaf_worker)
    assert reader.get("/api/v1/open-posts/", {"left": "true"}).json()["count"] == 1
    url = f"/api/v1/open-posts/{made['id']}/"
    assert host.patch(url, {"filled": 1}, content_type="application/json").json()["filled"] == 1
    assert reader.patch(url, {"filled": 0}, content_type="application/json").status_code == 404
    assert reader.get("/api/v1/open-posts/", {"left": "true"}).json()["count"] == 0
