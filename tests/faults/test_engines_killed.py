"""kill -9 of any part of the embedded engines, or of all: nothing committed is lost, nobody is left behind."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.hub.engine_user import Checkout, EngineUser, checkouts, eventually

pytestmark = pytest.mark.faults


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    with checkouts() as make:
        yield make()


def written(user: EngineUser) -> EngineUser:
    """One row and one key, committed."""
    with psycopg.connect(user.endpoints.owner_database_url, autocommit=True) as connection:
        connection.execute("SET ROLE hub_owner")
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.execute("GRANT SELECT ON kept TO hub_app")
    user.redis.set("kept", "42")
    return user


def kept(user: EngineUser) -> bool:
    return user.query("SELECT answer FROM kept") == [(42,)] and user.redis.get("kept") == b"42"


def test_a_killed_server_comes_back_under_its_users(checkout: Checkout) -> None:
    demo = written(checkout.user())
    owner = checkout.pid("running")
    for name in ("postgres", "redis"):
        before = checkout.pid(name)
        checkout.kill(name)
        assert kept(checkout.user())
        assert checkout.pid(name) != before
    assert checkout.pid("running") == owner
    assert kept(demo)


def test_a_killed_supervisor_takes_its_servers_along_and_the_next_user_recovers(checkout: Checkout) -> None:
    written(checkout.user())
    checkout.kill("running")
    eventually(checkout.all_gone)
    assert kept(checkout.user())


def test_killed_all_at_once_with_their_user(checkout: Checkout) -> None:
    demo = written(checkout.user())
    demo.kill()
    checkout.kill("running", "postgres", "redis")
    assert kept(checkout.user())


def test_a_killed_user_leaves_no_orphan(checkout: Checkout) -> None:
    written(checkout.user()).kill()
    eventually(checkout.all_gone)
    assert kept(checkout.user())


def test_killed_while_starting(checkout: Checkout) -> None:
    """The lock of who was starting passes to its supervisor: the next one waits for it instead of starting twice."""
    hasty = checkout.user()
    eventually(lambda: (checkout.place.home / "starting.lock").exists())
    hasty.kill()
    assert checkout.user().query("SELECT 1") == [(1,)]
