"""The browser's side of live delivery: one connection per browser, every tab up to date, nothing jumps."""

from playwright.sync_api import expect

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from tests.cast import actor
from tests.e2e.browser import PHONE, axe, screenshot, sign_in
from tests.notifications.facts import fact, tell


def count(page):
    return page.locator("[data-live-count]")


def sockets_of(page):
    """Addresses of the sockets and streams this page opens from now on."""
    opened = []
    page.on("websocket", lambda one: opened.append(one.url))
    page.on("request", lambda one: opened.append(one.url) if "/sse/" in one.url else None)
    return opened


def connected(page):
    expect(page.locator("[data-live][data-connected=yes]")).to_have_count(1)


def test_a_notice_arrives_without_reload(cast, page):
    sign_in(page, cast.udaf_worker.user.email)
    page.goto("/")
    connected(page)
    expect(count(page)).to_be_hidden()
    tell(cast.udaf_worker)
    expect(count(page)).to_have_text("1")
    toast = page.locator("#toasts [data-toast]").filter(has_text="1 inscription est à vérifier")
    expect(toast).to_have_count(1)
    axe(page)
    page.locator(".bell > summary").click()
    expect(page.locator(".bell-line")).to_have_count(1)
    axe(page)
    screenshot(page, "cloche")
    assert page.problems == []


def test_tabs_share_one_connection_and_outlive_the_one_that_holds_it(cast, page):
    sign_in(page, cast.udaf_worker.user.email)
    page.goto("/")
    connected(page)
    second = page.context.new_page()
    opened = sockets_of(second)
    second.goto("/notifications/")
    second.bring_to_front()
    tell(cast.udaf_worker)
    expect(count(second)).to_have_text("1")
    expect(second.locator("#avis li")).to_have_count(1)
    assert opened == []
    page.bring_to_front()
    expect(count(page)).to_have_text("1")
    page.close()
    tell(cast.udaf_worker)
    expect(count(second)).to_have_text("2")
    assert len(opened) == 1


def test_reading_in_one_window_shows_in_the_other(cast, window):
    first, second = window(), window()
    for page in (first, second):
        sign_in(page, cast.udaf_worker.user.email)
        page.goto("/notifications/")
        connected(page)
    tell(cast.udaf_worker, times=2)
    for page in (first, second):
        expect(count(page)).to_have_text("2")
        expect(page.locator("#avis li")).to_have_count(2)
    first.locator("#avis").get_by_role("button", name="Lu").first.click()
    expect(count(second)).to_have_text("1")
    expect(second.locator("#avis li")).to_have_count(1)
    first.get_by_role("button", name="Tout marquer comme lu").click()
    expect(count(second)).to_be_hidden()
    first.get_by_role("button", name="Annuler").last.click()
    expect(count(second)).to_have_text("1")
    axe(first)
    screenshot(first, "avis")
    first.set_viewport_size(PHONE)
    axe(first)
    screenshot(first, "avis-telephone")
    assert first.problems == second.problems == []


def test_the_list_changes_around_the_focus_and_marks_what_is_new(cast, page):
    sign_in(page, cast.udaf_worker.user.email)
    tell(cast.udaf_worker)
    page.goto("/notifications/")
    connected(page)
    page.locator("#avis").get_by_role("button", name="Traité").focus()
    tell(cast.udaf_worker)
    expect(page.locator("#avis li")).to_have_count(2)
    expect(page.locator("#avis li.is-changed")).to_have_count(1)
    assert page.evaluate("document.activeElement.value") == "done"
    assert not page.evaluate("document.activeElement.closest('li').classList.contains('is-changed')")


def test_opening_what_a_notice_speaks_of_reads_it(cast, page):
    sign_in(page, cast.udaf_worker.user.email)
    tell(cast.udaf_worker)
    page.goto("/notifications/")
    link = page.locator("#avis a[data-live-read]")
    if link.count():
        link.click()
        page.wait_for_load_state()
        expect(count(page)).to_be_hidden()
        with tenant(actor(cast.udaf_worker)):
            assert Notification.objects.get().state == "read"


def test_without_sockets_the_stream_takes_over(cast, page):
    page.route_web_socket("**/ws/**", lambda one: one.close())
    sign_in(page, cast.udaf_worker.user.email)
    opened = sockets_of(page)
    page.goto("/notifications/")
    connected(page)
    tell(cast.udaf_worker)
    expect(count(page)).to_have_text("1")
    tell(cast.udaf_worker, times=2)
    expect(count(page)).to_have_text("3")
    assert any("/sse/" in address for address in opened)


def test_after_a_long_break_the_page_reads_itself_again(cast, page):
    """The banner says it; more than 200 changes are not replayed: the list is read again, in place."""
    away = [True]
    page.route_web_socket("**/ws/**", lambda one: one.close() if away else one.connect_to_server())
    page.route("**/sse/**", lambda route: route.abort() if away else route.continue_())
    sign_in(page, cast.udaf_worker.user.email)
    page.goto("/notifications/")
    expect(page.locator("#offline-banner")).to_be_visible(timeout=15_000)
    with tenant(Actor.system(cast.department.pk)):
        for _ in range(250):
            fact([cast.udaf_worker])
    away.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(count(page)).to_have_text("99+")
    expect(page.locator("#avis .notice")).to_have_count(25)
    expect(page.locator("#offline-banner")).to_be_hidden()
