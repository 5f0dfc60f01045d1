"""Builds the sample companies through the emulator's own writing path, so that they are consistent."""

from __future__ import annotations

from quickbooks_emulator.chart import create_company
from quickbooks_emulator.clock import Clock
from quickbooks_emulator.company import Company
from quickbooks_emulator.store import Store

LOUPE_REALM = "9341450000000001"
SECOND_REALM = "9341450000000002"


def seed_sample(store: Store, clock: Clock) -> None:
    """Write both sample companies."""
    with store.transaction():
        create_company(Company(store, LOUPE_REALM, clock), "Loupe Gemstones Co.", {})
        create_company(Company(store, SECOND_REALM, clock), "Second Facet LLC", {})
