"""The frame and the pages at the door, in a real browser."""

import pytest

from tests.e2e.browser import PHONE, axe, screenshot, sign_in

DOOR = ["/compte/login/", "/compte/signup/", "/compte/password/reset/", "/compte/password/reset/done/", "/nulle-part/"]
INSIDE = [
    "/",
    "/recherche/",
    "/recherche/?q=fictif",
    "/compte/logout/",
    "/compte/password/change/",
    "/compte/2fa/",
    "/compte/2fa/webauthn/",
]


def _name(path):
    return path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-") or "aujourdhui"


@pytest.mark.parametrize("path", DOOR)
def test_pages_at_the_door_pass_axe(cast, page, path):
    page.goto(path)
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)
    page.emulate_media(color_scheme="light")
    screenshot(page, f"porte-{_name(path)}")


def test_pages_inside_pass_axe_in_both_colours_and_on_a_phone(cast, page):
    sign_in(page, cast.officer_metz.user.email)
    for path in INSIDE:
        page.goto(path)
        axe(page)
        page.emulate_media(color_scheme="dark")
        axe(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        axe(page)
        screenshot(page, _name(path))
    assert page.problems == []
