"""Every setting and every command is in the documentation."""

from pathlib import Path

import pytest
from typer.main import get_command

from quickbooks_sync.cli import app
from quickbooks_sync.settings import FACTS, SETTINGS

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [*SETTINGS, *FACTS])
def test_every_setting_and_fact_is_documented(name: str) -> None:
    assert f"| `{name}` |" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    inner = getattr(COMMANDS[name], "commands", {})
    written = [f"`{name} {each}`" for each in inner] or [f"`{name}`", f"`{name} RUN_ID`"]
    text = (DOCS / "cli.md").read_text()

    found = [each in text for each in written]

    assert all(found) if inner else any(found)
