"""The description of the API renders in a browser under our own content policy."""

from __future__ import annotations

from tests.e2e.browser import sign_in


def test_docs_render_without_a_csp_error(cast, window):
    page = window()
    sign_in(page, cast.charity.user.email)
    page.goto("/api/docs/")
    page.locator("#operations-tag-referrals").click()
    page.get_by_text("Accepter une proposition").click()
    page.locator(".opblock.is-open").wait_for()
    assert page.problems == []
