"""The journey of whoever has no account: a mail, a code, a card, an answer; the sender's window shows it."""

from __future__ import annotations

import re

from django.core import mail
from playwright.sync_api import expect

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Organization
from partners.services.members import deactivate_member
from referrals.services.referrals import release_answer
from referrals.tasks import sweep_answer_links
from tests.cast import actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.people import person, referral, reread

SECONDS = 15_000


def mailed(pattern: str) -> str:
    sweep_answer_links()
    found = re.search(pattern, str(mail.outbox[-1].body))
    assert found
    return found[1]


def look(page, name: str) -> None:
    check(page)
    screenshot(page, name)


def test_a_referral_is_answered_from_the_mail(cast, window):
    Organization.objects.filter(pk=cast.siae.pk).update(email="accueil@exemple.invalid")
    deactivate_member(actor(cast.admin), membership=cast.siae_worker)
    who = person(cast, last_name="CANARI", phone="0600000057")
    sent = referral(cast, who, need="Un premier emploi en chantier", note="Elle est libre le matin.")
    sender = sign_in(window(), cast.social_worker.user.email)
    sender.goto(f"/orientations/{sent.pk}/")
    guest = window()
    guest.goto(mailed(r"http[^/]+//[^/]+(/reponse/\S+)"))
    expect(guest.get_by_text("CANARI")).to_have_count(0)
    look(guest, "link-ask")
    guest.get_by_role("button", name="Recevoir un code").click()
    expect(guest.get_by_label("Code reçu par courriel")).to_be_visible()
    look(guest, "link-code")
    guest.get_by_label("Code reçu par courriel").fill(mailed(r"Votre code : (\d{3} \d{3})"))
    guest.get_by_label("Prénom et nom").fill("Claude FICTIF")
    guest.get_by_label("Fonction").fill("Directrice")
    guest.get_by_role("button", name="Ouvrir").click()
    expect(guest.get_by_text("CANARI")).to_be_visible()
    look(guest, "link-card")
    guest.locator("summary", has_text="Accepter").click()
    guest.get_by_label("Message (facultatif)").first.fill("Nous l'appelons demain.")
    guest.get_by_role("button", name="Accepter").click()
    expect(guest.get_by_text("Votre réponse est enregistrée")).to_be_visible()
    look(guest, "link-given")
    answered = reread(cast, sent)
    with tenant(Actor.system(cast.department.pk, answered.held_until)) as system:
        release_answer(system, referral=answered)
    expect(sender.get_by_text("Claude FICTIF, Directrice")).to_be_visible(timeout=SECONDS)
    look(sender, "link-answered-sender")
    guest.goto("/reponse/inconnu/")
    look(guest, "link-gone")
