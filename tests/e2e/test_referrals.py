"""People and referrals in real browsers: two windows, no reload, no violation of accessibility."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from hub.core.gate import tenant
from referrals.services import referrals as services
from tests.cast import actor
from tests.e2e.browser import PHONE, axe, screenshot, sign_in
from tests.people import decision, person, referral

SECONDS = 15_000


def shown(page, path, name, *, status=200):
    answer = page.goto(path)
    assert answer.status == status, path
    axe(page)
    screenshot(page, name)


def rows_above(page, height):
    """How many rows of the list are wholly visible without scrolling."""
    counted = "row => row.getBoundingClientRect().bottom"
    bottoms = page.evaluate(f"[...document.querySelectorAll('tbody tr')].map({counted})")
    return sum(bottom <= height for bottom in bottoms)


def test_pages_of_people_and_referrals_have_no_violation(cast, window):
    people = [person(cast, last_name=f"FICTIF{n:02}", first_names="Amélie", city="Metz") for n in range(18)]
    who = people[0]
    for one in people[:6]:
        decision(cast, one)
    old = referral(cast, people[1], now=datetime.now(UTC) - timedelta(days=20), need="Un poste en chantier")
    sent = [referral(cast, one, need="Un premier emploi en chantier d'insertion") for one in people[2:18]]
    with tenant(actor(cast.social_worker)) as acting:
        draft = services.draft_referral(acting, person=who, receiver=cast.siae, need="Un emploi")
    worker = sign_in(window(), cast.social_worker.user.email)
    shown(worker, "/", "today-sender")
    shown(worker, "/personnes/", "people")
    assert rows_above(worker, 768) >= 15
    shown(worker, "/personnes/?q=personne", "people-empty")
    shown(worker, f"/personnes/{who.pk}/", "person")
    for name in ("modifier", "contact", "deces", "dispense", "orientation"):
        shown(worker, f"/personnes/{who.pk}/{name}/", f"person-{name}")
    shown(worker, f"/personnes/{who.pk}/orientation/?to={cast.udaf.pk}", "track")
    shown(worker, "/personnes/nouvelle/", "person-new")
    shown(worker, f"/personnes/{who.pk}/orienter/", "compose-choose")
    shown(worker, f"/personnes/{who.pk}/orienter/?to={cast.siae.pk}", "compose")
    for box in ("received", "late", "drafts", "sent"):
        shown(worker, f"/orientations/?box={box}", f"inbox-{box}")
    assert rows_above(worker, 768) >= 15
    shown(worker, f"/orientations/{draft.pk}/", "referral-draft")
    shown(worker, f"/orientations/{old.pk}/", "referral-sent")
    assert worker.problems == []
    receiver = sign_in(window(), cast.siae_worker.user.email)
    shown(receiver, "/", "today-receiver")
    shown(receiver, "/orientations/", "inbox-receiver")
    assert rows_above(receiver, 768) >= 15
    shown(receiver, f"/orientations/{sent[0].pk}/", "referral-received")
    receiver.locator("summary", has_text="Refuser").click()
    axe(receiver)
    screenshot(receiver, "referral-decline")
    shown(receiver, f"/orientations/{sent[0].pk}/proposer/", "redirect-choose")
    shown(receiver, f"/orientations/{sent[0].pk}/proposer/?to={cast.association.pk}", "redirect")
    assert receiver.problems == []
    head = sign_in(window(), cast.head.user.email)
    shown(head, "/ouvertures/", "openings")
    lead = sign_in(window(), cast.udaf_lead.user.email)
    shown(lead, f"/personnes/{who.pk}/", "person-referent")
    away = sign_in(window(), cast.officer_thionville.user.email)
    shown(away, f"/personnes/{who.pk}/", "person-closed", status=403)


def test_a_referral_is_answered_in_one_window_and_seen_in_the_other(cast, window):
    who = person(cast, last_name="FICTIVE")
    worker, receiver = window(), window()
    sign_in(worker, cast.social_worker.user.email)
    sign_in(receiver, cast.siae_worker.user.email)
    receiver.goto("/orientations/")
    expect(receiver.get_by_text("Aucune orientation ici.")).to_be_visible()

    worker.goto(f"/personnes/{who.pk}/orienter/")
    worker.get_by_label("À quel organisme l'adresser ?").press_sequentially("chantier", delay=20)
    worker.get_by_role("link", name="Choisir Chantier Fictif").click()
    worker.get_by_label("Besoin de la personne").fill("Un premier emploi")
    worker.get_by_label("Personne informée le").fill("2026-07-01")
    worker.get_by_role("button", name="Envoyer l'orientation").click()
    expect(worker.get_by_text("Orientation envoyée à Chantier Fictif.")).to_be_visible()

    expect(receiver.get_by_role("link", name="FICTIVE")).to_be_visible(timeout=SECONDS)
    receiver.get_by_role("link", name="FICTIVE").click()
    expect(worker.get_by_text("par Siae Worker FICTIF").first).to_be_visible(timeout=SECONDS)  # who read it

    receiver.locator("summary", has_text="Accepter").click()
    receiver.get_by_role("button", name="Accepter").click()
    expect(receiver.get_by_text("sera prévenu dans")).to_be_visible()
    receiver.get_by_role("button", name="Annuler", exact=True).click()
    expect(receiver.get_by_text("À vous de répondre.")).to_be_visible()
    receiver.locator("summary", has_text="Accepter").click()
    receiver.get_by_role("button", name="Accepter").click()
    receiver.locator("summary", has_text="Commencer le suivi").click()
    receiver.get_by_role("button", name="Commencer le suivi").click()
    expect(worker.get_by_text("Chantier Fictif suit la personne.")).to_be_visible(timeout=SECONDS)
    assert worker.problems == receiver.problems == []


def test_everything_stands_on_a_phone(cast, window):
    who = person(cast, last_name="FICTIVE")
    sent = referral(cast, who)
    page = sign_in(window(), cast.siae_worker.user.email)
    page.set_viewport_size(PHONE)
    for path in ("/personnes/", "/orientations/", f"/personnes/{who.pk}/", f"/orientations/{sent.pk}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        axe(page)


def test_today_follows_what_arrives(cast, window):
    """The work queue counts a referral as it comes, like the bell."""
    receiver = sign_in(window(), cast.siae_worker.user.email)
    receiver.goto("/")
    expect(receiver.get_by_text("Rien ne vous attend")).to_be_visible()
    expect(receiver.locator("[data-live][data-connected=yes]")).to_have_count(1)
    referral(cast, person(cast), need="Un premier emploi")
    expect(receiver.get_by_text("1 chose à faire")).to_be_visible(timeout=SECONDS)
    axe(receiver)
    assert receiver.problems == []
