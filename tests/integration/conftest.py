"""Installations for tests: one of its own for a test, or one that the tests of a module share."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.workspace import Workspace
from tests.support.installation import BuildHouse, House, build_workspace, furnish


@pytest.fixture
def build_house(
    fresh_database_url: str, start_emulator: Any, tmp_path: Path
) -> Iterator[BuildHouse]:
    """A function that connects a company and confirms its proposed settings."""
    opened: list[Workspace] = []

    def build(*, seed: bool = True, confirm: bool = True, **settings: str) -> House:
        emulator = start_emulator(seed=seed)
        workspace = build_workspace(fresh_database_url, emulator.url, tmp_path / "docs")
        opened.append(workspace)
        return furnish(House(workspace, emulator.url), seed=seed, confirm=confirm, **settings)

    yield build
    for workspace in opened:
        workspace.close()


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """The sample company, connected, settings confirmed, Loupe empty."""
    return build_house()


@pytest.fixture(scope="module")
def shared_house(
    database_url: str, start_module_emulator: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A company without records, connected, settings confirmed; one for all tests of a module."""
    emulator = start_module_emulator(seed=False)
    workspace = build_workspace(database_url, emulator.url, tmp_path_factory.mktemp("docs"))
    # Tests of outages must not wait as long as a nightly run would.
    hasty = replace(workspace, patience=Patience(attempts=2, first_wait=0.01, timeout=(5, 30)))
    yield furnish(House(hasty, emulator.url), seed=False)
    workspace.close()
