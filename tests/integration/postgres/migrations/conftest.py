"""An installation of an earlier release, restored for each test that changes it."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.earlier_release import EarlierRelease, Restore, restored
from tests.support.servers import StartEmulator, database

DUMP = Path(__file__).parent / "revision_0006"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def restore(
    postgres_url: str,
    start_module_emulator: StartEmulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Restore]:
    """A function that restores the dump into a database of its own."""
    with ExitStack() as stack:

        def build() -> EarlierRelease:
            name = f"test_upgrade_{os.getpid()}_{next(_numbers)}"
            url = stack.enter_context(database(postgres_url, name))
            folder = tmp_path_factory.mktemp("earlier")
            return stack.enter_context(restored(DUMP, url, start_module_emulator, folder))

        yield build


@pytest.fixture(scope="module")
def before(restore: Restore) -> EarlierRelease:
    """The installation as the earlier release left it; nothing may change it."""
    return restore()
