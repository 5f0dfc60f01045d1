"""Unit tests speak to nobody: a socket that one of them opens is refused."""

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest


@pytest.fixture(autouse=True, scope="module")
def _no_sockets() -> Iterator[None]:
    """Refuse every connection and every listening port while a module's tests run."""

    def refuse(_socket: Any, address: Any) -> NoReturn:
        raise AssertionError(
            f"A unit test asked for a socket to {address}; unit tests speak to nobody. "
            "Move the test to tests/contract or tests/integration."
        )

    with pytest.MonkeyPatch.context() as patch:
        for name in ("bind", "connect", "connect_ex"):
            patch.setattr(socket.socket, name, refuse)
        yield
