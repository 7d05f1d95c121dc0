"""A member who clicks everything: pages by their links, the API by its lists and their ids."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

from django.test import Client

from tests.access.routes import Route, routes
from tests.access.world import World
from tests.cast import client

LINK = re.compile(r'(?:href|hx-get|src|data-\w+-url|data-url)="([^"#]+)')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BORING = ("/static/", "/compte/", "/metrics", "/health", "/api/schema/")  # the same for everybody
MOST_PAGES = 150


def crawl(world: World, name: str) -> dict[str, str]:
    """Every page and API answer this member reaches by GET, by address; refusals are left out."""
    browser = client(world.cast.members[name])
    found: dict[str, str] = {}
    waiting = deque(route.url() for route in routes() if not route.ids and not route.words and _ours(route))
    shapes: dict[str, int] = {}
    while waiting and len(found) < MOST_PAGES:
        url = waiting.popleft()
        shape = UUID.sub("*", url.split("?")[0]) + str(sorted(urlsplit(url).query.split("&")))[:80]
        if url in found or shapes.get(shape, 0) >= 8 or url.startswith(BORING):
            continue
        shapes[shape] = shapes.get(shape, 0) + 1
        text = read(browser, url)
        found[url] = text
        waiting.extend(_links(url, text))
    return {url: text for url, text in found.items() if text}


def read(browser: Client, url: str) -> str:
    """The text of an answer, empty when refused; a spreadsheet or a stream is read whole."""
    response = browser.get(url)
    assert response.status_code < 500, url
    if response.status_code >= 400:
        return ""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", errors="replace")


def _ours(route: Route) -> bool:
    return route.access is not None and not f"/{route.pattern}".startswith(BORING)


def _links(page: str, text: str) -> list[str]:
    if page.startswith("/api/"):
        base = page.split("?")[0]
        return [f"{base}{pk}/" for pk in re.findall(rf'"id":\s*"({UUID.pattern})"', text)]
    links = (urljoin(page, link.replace("&amp;", "&")) for link in LINK.findall(text))
    return [link for link in links if link.startswith("/")]
