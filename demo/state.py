"""The state folder: generated secrets, and the lock that keeps two starts apart."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from demo.errors import UsageError


def read_secret(file: Path) -> str:
    """Return the secret kept in a file, generating it (URL-safe) the first time."""
    return _read_or_write(file, secrets.token_urlsafe(24))


def read_fernet_key(file: Path) -> str:
    """Return the Fernet key kept in a file, generating it the first time."""
    return _read_or_write(file, Fernet.generate_key().decode())


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the state folder for this process.

    Raises:
        UsageError: Another start holds it.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise UsageError(
                f"{state} is in use by another start (process {lock.read().strip()}). "
                "Stop that one, or name another folder with --state."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _read_or_write(file: Path, fresh: str) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(fresh)
        unfinished.rename(file)
    return file.read_text().strip()
