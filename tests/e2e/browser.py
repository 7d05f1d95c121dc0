"""A real Chromium on a real server: what the browser journeys stand on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from playwright.sync_api import Page

from tests.cast import PASSWORD
from tests.standing import Standing, drop_database, make_database, point_at

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
AXE = Axe()
# The shell is Chromium without its own windows: the same pages for two thirds of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), "")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    # The browser's own pages, made ready beside each of ours, cost as much as ours.
    "--disable-features=PreloadTopChromeWebUI,WebUITabStrip,InitialWebUI,Translate,MediaRouter,OptimizationHints",
]
STARTED_SECONDS = 40


def environment(database: str) -> dict[str, str]:
    """The environment of a process of the product that works on this database."""

    def on(url: str) -> str:
        head, _, query = url.partition("?")
        return f"{head.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")

    urls = {name: on(os.environ[name]) for name in ("DATABASE_URL", "OWNER_DATABASE_URL")}
    return {**os.environ, **urls, "PACTE_MODE": "test", "PACTE_VAR": str(settings.VAR)}


class Server:
    """uvicorn serving `hub.asgi`, as in the demo: pages and sockets."""

    def __init__(self, database: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "uvicorn", "hub.asgi:application", "--port", str(self.port)]
        command += ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio"]
        command += ["--no-access-log", "--log-level", "warning"]
        log = (Path(settings.VAR) / f"browser-{self.port}.log").open("w")
        self.process = subprocess.Popen(
            command, env=environment(database), cwd=settings.BASE_DIR, stderr=log, stdout=log
        )
        self._wait(Path(log.name))

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + STARTED_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.url}/health/", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Database:
    """A database for servers of other processes (`purpose` names it), the cast in it: committed data."""

    def __init__(self, purpose: str) -> None:
        self.original = connections["owner"].settings_dict["NAME"]
        self.name = f"{self.original}_{purpose}"
        make_database(self.name)
        point_at(self.name)
        self.standing = Standing()

    def drop(self) -> None:
        self.standing.close()
        point_at(self.original)
        drop_database(self.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sign_in(page: Page, email: str) -> Page:
    """A window whose person is signed in, and has opened nothing yet."""
    browser = Client()
    browser.force_login(get_user_model().objects.get(email=email))
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.site}])
    return page


def sign_in_at_the_door(page: Page, email: str, password: str = PASSWORD) -> Page:
    """Through the sign-in page, like anybody; the person is at home."""
    page.goto("/compte/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**/")
    return page


def axe(page: Page, nodes: str = "document", **options: object) -> None:
    """No violation of axe-core (with these options of its `run`) on the page as it stands, or on these nodes of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    options["resultTypes"] = ["violations"]
    results = AxeResults(page.evaluate(f"options => axe.run({nodes}, options)", options))
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


# Two of the texts that are drawn alike, whatever they say: same letters, same colours beneath them.
DRAWN_APART = """{include: (() => {
  const beneath = new Map(), alike = new Map();
  const layers = (node) => {
    if (!node) return "";
    if (!beneath.has(node)) {
      const of = getComputedStyle(node);
      const own = [of.backgroundColor, of.backgroundImage, of.opacity, of.filter, of.clip, of.clipPath, of.position];
      beneath.set(node, [...own, node.matches(":disabled, [aria-disabled=true]"), layers(node.parentElement)].join());
    }
    return beneath.get(node);
  };
  for (const node of document.body.querySelectorAll("*")) {
    const says = [...node.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    if (!says && !node.matches("input, select, textarea")) continue;
    if (!node.checkVisibility({visibilityProperty: true})) continue;
    const of = getComputedStyle(node);
    const drawn = [of.color, of.fontSize, of.fontWeight, of.textShadow, !!node.control?.disabled, layers(node)].join();
    if (!alike.has(drawn)) alike.set(drawn, []);
    alike.get(drawn).push(node);
  }
  return [...alike.values()].flatMap((nodes) => nodes.slice(0, 2));
})()}"""


def check(page: Page) -> None:
    """axe on a desktop, its contrasts in the dark, axe on a phone; nothing to scroll sideways, down to 320 pixels.

    Contrasts are most of its work: they are looked at once by colour scheme, nothing else depends on colours and
    colours do not depend on the width. Nor does the place of anything: texts drawn alike, in the same colours on the
    same colours, are seen or hidden in the dark as in the light, and have the same contrast.
    """
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, DRAWN_APART, runOnly={"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    for size in (NARROW, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (page.url, size)
    axe(page, rules={"color-contrast": {"enabled": False}})
    page.set_viewport_size(DESKTOP)


def screenshot(page: Page, name: str) -> None:
    """With SHOTS=1, the page on a desktop and on a phone, into `var/shots`; the window is left as it was."""
    if "SHOTS" not in os.environ:
        return
    folder = Path(settings.VAR) / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
        page.set_viewport_size(size)
        page.screenshot(path=folder / f"{name}{suffix}.png")
    page.set_viewport_size(before)
