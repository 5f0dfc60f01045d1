"""The embedded PostgreSQL: starts, keeps its data, stops, and says what is wrong."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest

from demo import embedded_postgres
from demo.embedded_postgres import (
    ensure_cluster,
    find_binaries,
    find_home,
    remove_cluster,
    start_postgres,
)
from demo.errors import DemoError
from demo.processes import Account, Processes


def _query(url: str, statement: str) -> object:
    connection = psycopg2.connect(url, connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    remove_cluster(tmp_path / "postgres")


def test_databases_and_rows_survive_a_restart(tmp_path: Path, folder: Path) -> None:
    for start in ("first", "second"):
        with Processes(tmp_path / "logs") as processes:
            server = start_postgres(processes, folder, is_durable=False)
            server.ensure_databases(["loupe", "airflow"])
            url = server.connection_url("loupe")
            if start == "first":
                _query(url, "create table stone as select 1.375 as carats")
            else:
                assert str(_query(url, "select carats from stone")) == "1.375"
        assert server.child.process.returncode is not None


def test_server_asks_for_the_generated_password(tmp_path: Path, folder: Path) -> None:
    with Processes(tmp_path / "logs") as processes:
        server = start_postgres(processes, folder, is_durable=False)
        url = server.connection_url("postgres").replace(server.password, "wrong")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(url, connect_timeout=10)


_REFUSED = {
    "a statement": "select 'leaky value'::int",
    "a duplicate": "insert into stone values ('leaky value')",
    "a trigger": "do $$ begin raise exception 'leaky value' using detail = 'leaky value'; end $$",
    "a warning of a trigger": "do $$ begin raise warning 'leaky value'; end $$",
}


def test_the_servers_log_holds_no_value(tmp_path: Path, folder: Path) -> None:
    with Processes(tmp_path / "logs") as processes:
        server = start_postgres(processes, folder, is_durable=False)
        url = server.connection_url("postgres")
        _query(url, "create table stone (name text unique)")
        _query(url, "insert into stone values ('leaky value')")
        for statement in _REFUSED.values():
            with suppress(psycopg2.Error):
                _query(url, statement)
    written = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert "ready to accept connections" in written
    assert "leaky" not in written


def test_failed_initdb_leaves_no_cluster_and_is_quoted(tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    with pytest.raises((DemoError, OSError)):
        ensure_cluster(missing, tmp_path / "data", "secret")
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_without_a_reachable_folder_gets_a_place_under_the_system_temporary_folder(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Processes(tmp_path / "logs") as processes:
        server = start_postgres(processes, closed / "postgres", is_durable=False)
        assert _query(server.connection_url("postgres"), "select 1") == 1
    home = Path((closed / "postgres" / "location").read_text().strip())
    assert (home / "data" / "PG_VERSION").exists()
    assert closed not in home.parents
    remove_cluster(closed / "postgres")
    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_reachable_folder_is_used_as_it_is() -> None:
    nobody = embedded_postgres.find_account()
    assert nobody is not None
    with_access = Path("/tmp") / f"quickbooks-sync-reachable-{os.getpid()}"
    with_access.mkdir(mode=0o755)
    try:
        expected = with_access if embedded_postgres.can_reach(find_binaries(), nobody) else None
        assert expected is None or find_home(with_access, nobody) == with_access
    finally:
        with_access.rmdir()


def test_account_is_only_named_for_root() -> None:
    account = embedded_postgres.find_account()
    assert (account is None) == (os.geteuid() != 0)
    assert account is None or isinstance(account, Account)
