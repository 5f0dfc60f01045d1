"""A running emulator without rate limits, and a company of its own for every test."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import Driver, open_company


@pytest.fixture(scope="session")
def served(start_session_emulator: Callable[..., Any]) -> str:
    """The address of an emulator with the sample companies, its clock where the machine's is."""
    return start_session_emulator(seed=True).url


@pytest.fixture
def company(served: str) -> Driver:
    """A company with a chart of accounts and nothing else."""
    return open_company(served)


@pytest.fixture(scope="session")
def sample(served: str) -> Driver:
    """Loupe Gemstones Co.; tests must not change it."""
    realm = "9341450000000001"
    tokens = requests.post(f"{served}/_emulator/tokens", json={"realm": realm}, timeout=10).json()
    return Driver(served, realm, tokens)
