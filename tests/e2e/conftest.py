"""Browser journeys: skipped, and saying so, when the machine has no Chromium."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

from tests.e2e.browser import CHROMIUM, DESKTOP, FLAGS, Database, Server


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (apt install chromium)"))


@pytest.fixture(scope="package")
def browser_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        database = Database("browser")
        yield database
        database.drop()


@pytest.fixture(scope="package")
def server(browser_database):
    """The product on a port of its own, on the browsers' database."""
    server = Server(browser_database.name)
    yield server
    server.stop()


@pytest.fixture(scope="package")
def chromium():
    # Playwright keeps an event loop running in this thread; the ORM is used beside it, never inside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def cast(browser_database, django_db_blocker):
    """The cast, committed, for the server to see."""
    with django_db_blocker.unblock():
        yield browser_database.standing.copy()
        browser_database.standing.restore()
        connections.close_all()  # beside a running loop, Django keeps connections apart: close those of this test


@pytest.fixture
def window(chromium, server):
    """`window()` opens a page in a browser context of its own: two windows are two people."""
    contexts = []

    def open_window(**options):
        context = chromium.new_context(
            base_url=server.url, locale="fr-FR", viewport=DESKTOP, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.site = server.url
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def page(window):
    return window()
