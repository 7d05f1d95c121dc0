"""What the logs say, and never say."""

import io
import json
import logging

import pytest
from django.test import Client

from hub.celery import app as celery
from hub.logs import formatter
from tests.cast import client


@pytest.fixture
def lines():
    """Everything logged while the test runs, as the product would print it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_no_query_string_nor_address_of_a_visitor(lines):
    Client().get("/nulle-part/?q=FICTIF", headers={"user-agent": "Navigateur secret"})
    text = json.dumps(lines(), ensure_ascii=False)
    assert "/nulle-part/" in text
    for secret in ("FICTIF", "Navigateur secret", "127.0.0.1"):
        assert secret not in text


@pytest.mark.django_db
def test_a_breakdown_is_told_without_what_it_quotes(cast, lines, monkeypatch):
    def broken(*args):
        nir = "2990957990004"
        raise ValueError(f"Camille FICTIF {nir} camille@exemple.invalid")

    monkeypatch.setattr("hub.home.entries", broken)
    browser = client(cast.officer_metz)
    browser.raise_request_exception = False
    assert browser.get("/").status_code == 500
    found = [line for line in lines() if "exception" in line]
    assert found[0]["exception"]["type"] == "ValueError"
    assert any(place.endswith("broken") for place in found[0]["exception"]["at"])
    text = json.dumps(found, ensure_ascii=False)
    for secret in ("Camille", "2990957990004", "exemple.invalid"):
        assert secret not in text


def test_a_task_that_fails_is_told_without_what_it_choked_on(lines):
    @celery.task(name="tests.choke")
    def choke():
        raise ValueError('COPY incoming, line 1, column sort_key: "FICTIF CAMILLE"')

    choke.apply()
    (line,) = [line for line in lines() if line["logger"] == "celery.app.trace"]
    assert "tests.choke" in line["event"] and line["exception"]["type"] == "ValueError"
    assert "FICTIF" not in json.dumps(line)


def test_addresses_and_long_numbers_are_masked_wherever_they_stand(lines):
    logger = logging.getLogger("partner")
    logger.warning("mail to %s, NIR %s, call %s", "awa@exemple.invalid", "2 99 09 57 990 004 12", "03 87 00 00 00")
    logger.error("job 0198c0de-1111-7222-8333-123456789012 line 12345")
    told = [line["event"] for line in lines()]
    assert told[0].startswith("mail to [address], NIR [number]")
    assert "03 87" not in told[0]
    assert told[1] == "job 0198c0de-1111-7222-8333-123456789012 line 12345"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/invitation/{}/", "/reponse/{}/", "/compte/password/reset/key/1-{}/"])
def test_what_opens_a_door_by_itself_is_not_logged(lines, path):
    Client().get(path.format("jeton-tres-secret"))
    told = json.dumps(lines())
    assert "jeton-tres-secret" not in told and "[secret]" in told


def test_every_line_is_json_with_level_logger_and_instant(lines):
    logging.getLogger("somewhere").warning("something")
    (line,) = lines()
    assert (line["level"], line["logger"], line["event"]) == ("warning", "somewhere", "something")
    assert line["timestamp"].endswith("Z")
