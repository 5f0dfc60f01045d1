"""Opens a data folder and has a planned company written into it: the way in for CLI and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quickbooks_emulator.company.slim_store import SlimStore, refuse_taken_realm
from quickbooks_emulator.company.store import DATABASE
from quickbooks_emulator.generator.character import Character, Sizes
from quickbooks_emulator.generator.plan import Plan
from quickbooks_emulator.generator.writer import Writer


@dataclass(frozen=True)
class GeneratedCompany:
    """What was generated.

    Attributes:
        plan: the company as values, for whoever needs the other side of the same business.
    """

    realm: str
    plan: Plan


def generate_company(
    data_dir: Path | str,
    realm: str,
    sizes: Sizes | None = None,
    seed: int = 1,
    character: Character | None = None,
    *,
    report: Callable[[str], None] = lambda _line: None,
) -> GeneratedCompany:
    """Write a company into the data folder of an emulator that is not running.

    Args:
        data_dir: the folder, made when missing; other companies in it are kept.
        realm: the new company's realm id.
        sizes: how big it is; default 2,000 customers, 5,000 invoices, 4,000 payments, 1,000 items.
        seed: the same seed, sizes and character give the same company.
        character: what kind of books it keeps.
        report: called with a line of progress after each part.

    Raises:
        ValueError: for a realm that is no number or that holds a company already.
    """
    plan = Plan(sizes or Sizes(), seed, character or Character())
    folder = Path(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    store = SlimStore(folder / DATABASE)
    try:
        refuse_taken_realm(store, realm)
        Writer(store, realm, plan, datetime.now(UTC)).write(f"Generated Gems {seed}", report)
        store.finish()
    finally:
        store.close()
    return GeneratedCompany(realm, plan)
