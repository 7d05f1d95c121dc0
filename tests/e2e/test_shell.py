"""The frame and the pages at the door, in a real browser."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.cast import PASSWORD
from tests.e2e.browser import axe, check, screenshot, sign_in, sign_in_at_the_door

DOOR = ["/compte/login/", "/compte/signup/", "/compte/password/reset/", "/compte/password/reset/done/", "/nulle-part/"]
INSIDE = [
    "/",
    "/recherche/",
    "/recherche/?q=zzzz",
    "/compte/logout/",
    "/compte/password/change/",
    "/compte/2fa/",
    "/compte/2fa/webauthn/",
]
FIRST_VISIT_BYTES = 150_000


def name_of(path):
    return "".join(char if char.isalnum() else "-" for char in path.strip("/")) or "aujourdhui"


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.parametrize("path", DOOR)
def test_pages_at_the_door(cast, page, path):
    page.goto(path)
    check(page)
    screenshot(page, f"porte-{name_of(path)}")


def test_pages_inside(cast, page):
    sign_in(page, cast.officer_metz.user.email)
    for path in INSIDE:
        page.goto(path)
        check(page)
        screenshot(page, name_of(path))
    assert page.problems == []


def test_a_refused_sign_in_says_why_and_takes_the_focus(cast, page):
    page.goto("/compte/login/")
    page.locator("#id_login").fill(cast.officer_metz.user.email)
    page.locator("#id_password").fill("pas celui-là du tout")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    assert page.locator("[data-errors]").evaluate("node => node === document.activeElement")
    check(page)
    screenshot(page, "porte-refus")


def test_double_verification_from_end_to_end(cast, page, window):
    email = cast.charity.user.email
    sign_in_at_the_door(page, email)
    page.goto("/compte/2fa/totp/activate/")
    check(page)
    screenshot(page, "identite")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.wait_for_url("**/totp/activate/")
    check(page)
    screenshot(page, "codes-activer")
    secret = page.locator("main code").inner_text()
    page.locator("#id_code").fill(code_for(secret))
    page.get_by_role("button", name="Activer").click()
    page.wait_for_url("**/recovery-codes/")
    check(page)
    screenshot(page, "codes-de-secours")
    assert page.locator(".codes li").count() == 10
    for path in ("", "recovery-codes/generate/", "totp/deactivate/", "webauthn/add/"):
        page.goto(f"/compte/2fa/{path}")
        check(page)
        screenshot(page, f"double-{name_of(path)}")
    assert page.get_by_label("Nom de la clé").is_visible(), "a passkey is named in our words"

    rescue = page.goto("/compte/2fa/recovery-codes/") and page.locator(".codes li").first.inner_text()
    other = window()
    other.goto("/compte/login/")
    other.locator("#id_login").fill(email)
    other.locator("#id_password").fill(PASSWORD)
    other.get_by_role("button", name="Se connecter", exact=True).click()
    other.wait_for_url("**/2fa/authenticate/")
    check(other)
    screenshot(other, "double-verification")
    other.locator("#id_code").fill(rescue)
    other.get_by_role("button", name="Se connecter", exact=True).click()
    other.wait_for_url("**/")
    assert other.get_by_role("heading", level=1).inner_text().startswith("Bonjour")


def test_by_keyboard_alone(cast, page):
    sign_in_at_the_door(page, cast.officer_metz.user.email)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search-box"
    page.keyboard.type("a/b")
    assert page.locator("#search-box").input_value() == "a/b"
    account = page.locator("summary", has_text="Mon compte")
    account.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Se déconnecter").is_visible()
    axe(page)
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Se déconnecter").is_visible()
    assert account.evaluate("node => node === document.activeElement")


def test_without_javascript(cast, window):
    page = window(java_script_enabled=False)
    sign_in_at_the_door(page, cast.officer_metz.user.email)
    page.locator("#search-box").fill("zzzz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche/?q=zzzz")
    page.locator("summary", has_text="Mon compte").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/compte/login/**")


def test_nothing_is_fetched_from_elsewhere_and_the_first_visit_is_light(cast, window, server):
    page = window()
    requests, weight = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("requestfinished", lambda request: weight.append(sum(_sizes(request))))
    sign_in_at_the_door(page, cast.officer_metz.user.email)
    page.wait_for_load_state("load")
    assert [url for url in requests if not url.startswith((server.url, "data:", "ws:"))] == []
    assert sum(weight) < FIRST_VISIT_BYTES


def _sizes(request):
    sizes = request.sizes()
    return sizes["responseBodySize"], sizes["responseHeadersSize"]


def test_the_page_does_not_move_while_it_loads(cast, page):
    page.add_init_script(
        "window.moved = 0;"
        "new PerformanceObserver(list => list.getEntries().forEach(entry => { moved += entry.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    sign_in_at_the_door(page, cast.officer_metz.user.email)
    page.goto("/recherche/")
    time.sleep(0.5)
    assert page.evaluate("window.moved") < 0.01
