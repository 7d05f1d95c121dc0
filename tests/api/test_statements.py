"""What a write costs the database: the number of statements is the part of its time a test can hold."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.test_referrals_api import draft_of
from tests.people import person

MOST = 18  # one of them makes two who send the same wait for each other


def test_sending_a_referral_takes_few_statements(cast, machine):
    sender = machine(cast.social_worker)
    sender.post("referrals/", draft_of(cast, person(cast)) | {"send": True})  # whatever is read once per process
    body = draft_of(cast, person(cast)) | {"send": True}
    with CaptureQueriesContext(connection) as captured:
        assert sender.post("referrals/", body).status_code == 201
    statements = [str(query["sql"]) for query in captured]
    assert len(statements) <= MOST, "\n".join(statements)
