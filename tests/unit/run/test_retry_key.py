"""A refusal holds until something that it depends on has changed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import CompanySettings
from tests.support.record_samples import INCLUDE, shipped

SETTINGS = {"home_currency": "USD"}


@dataclass
class Files:
    """The part of a run's context that a retry key looks at."""

    mapping: RecordMapping
    expectations: Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A copy of the shipped expectations, to change."""
    shutil.copytree(INCLUDE / "expectations", tmp_path / "expectations")
    return Files(shipped("customer"), tmp_path / "expectations" / "customer.yaml")


def key(files: Files, version: str = "1", **settings: str) -> str:
    company = CompanySettings({**SETTINGS, **settings})
    return retry_key(files, version, company)  # type: ignore[arg-type]


def test_nothing_changed_gives_the_same_key(files: Files) -> None:
    assert key(files) == key(files)


def test_a_new_version_of_the_record_changes_it(files: Files) -> None:
    assert key(files, "2") != key(files)


def test_a_setting_changes_it(files: Files) -> None:
    assert key(files, home_currency="EUR") != key(files)


def test_the_mapping_changes_it(files: Files) -> None:
    before = key(files)
    files.mapping = shipped("invoice")
    assert key(files) != before


def test_the_expectations_change_it(files: Files) -> None:
    before = key(files)
    path = files.expectations
    path.write_text(path.read_text(encoding="utf-8") + "# stricter\n", encoding="utf-8")
    assert key(files) != before
