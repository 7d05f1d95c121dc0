"""Health, metrics, robots, and the role the product refuses to run as."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings

from hub.checks import powers
from hub.tasks import heartbeat

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
DEAD_REDIS = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
}
BOOT = "import django; django.setup(); from hub import checks; checks.install(); checks.boot(); print('listening')"

pytestmark = pytest.mark.django_db


def test_strangers_get_one_word():
    heartbeat()
    response = Client().get("/health/", **STRANGER)
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_the_machine_itself_gets_the_details():
    heartbeat()
    body = Client().get("/health/").json()
    assert body["database"] is body["redis"] is True
    assert body["heartbeat_age_seconds"] in range(60)


def test_a_proxy_on_the_same_machine_is_not_the_machine():
    body = Client().get("/health/", headers={"x-forwarded-for": "203.0.113.9"}).json()
    assert set(body) == {"status"}


def test_without_redis_the_product_is_down():
    with override_settings(CACHES=DEAD_REDIS):
        response = Client().get("/health/", **STRANGER)
    assert (response.status_code, response.json()) == (503, {"status": "down"})


def test_metrics_open_to_the_machine_and_to_the_token_only():
    assert b"python_info" in Client().get("/metrics/").content
    assert Client().get("/metrics/", **STRANGER).status_code == 404
    with override_settings(METRICS_TOKEN="un jeton de mesure"):
        scraper = Client(headers={"authorization": "Metrics un jeton de mesure"}, **STRANGER)
        assert scraper.get("/metrics/").status_code == 200
        guesser = Client(headers={"authorization": "Metrics un autre"}, **STRANGER)
        assert guesser.get("/metrics/").status_code == 404


def test_robots_are_turned_away():
    response = Client().get("/robots.txt", **STRANGER)
    assert response.content == b"User-agent: *\nDisallow: /\n"


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_role_of_the_product_holds_no_power_and_the_owner_does():
    assert powers(connections["default"]) == []
    assert "owner of tables" in powers(connections["owner"])


def test_a_process_given_the_owner_refuses_to_start():
    def start(**changes):
        command = [sys.executable, "-c", BOOT]
        environment = {**os.environ, "PACTE_VAR": str(settings.VAR), "PACTE_MODE": "test", **changes}
        environment["DJANGO_SETTINGS_MODULE"] = "hub.settings"
        return subprocess.run(
            command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )

    refused = start(DATABASE_URL=os.environ["OWNER_DATABASE_URL"])
    assert refused.returncode != 0
    assert "must be a plain role" in refused.stderr
    assert "listening" in start().stdout
