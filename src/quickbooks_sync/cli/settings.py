"""`quickbooks-sync settings`: propose, show and confirm what a company's flows may rely on."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from quickbooks_sync.cli.options import AsJson, Company
from quickbooks_sync.cli.printing import print_json, print_rows
from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.review.preflight import build_preflight
from quickbooks_sync.review.text import preflight_to_text
from quickbooks_sync.settings import (
    FACTS,
    SETTINGS,
    Setting,
    confirm_settings,
    propose_settings,
    read_settings,
)
from quickbooks_sync.settings.company_profile import read_names
from quickbooks_sync.settings.storage import StoredSetting, read_stored
from quickbooks_sync.workspace import Workspace, open_workspace

app = typer.Typer(
    help="Propose, show and confirm a company's settings; nothing is used before it is confirmed.",
    no_args_is_help=True,
)
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Confirm this value instead of the proposed."),
]


@app.command()
def propose(company: Company = None, as_json: AsJson = False) -> None:
    """Read the company's accounts and preferences (a few metered reads a day) and propose."""
    workspace = open_workspace()
    realm_id = _find_company(workspace, company)
    rows = [vars(proposal) for proposal in propose_settings(workspace, realm_id)]
    print_rows(rows, ("name", "value", "because"), as_json=as_json, empty="Nothing to propose.")
    if not as_json:
        typer.echo("Confirm with: quickbooks-sync settings confirm [--set NAME=VALUE]...")


@app.command()
def show(company: Company = None, as_json: AsJson = False) -> None:
    """Show every setting: its value, whether a person confirmed it, and what it is for."""
    workspace = open_workspace()
    _print_settings(workspace, _find_company(workspace, company), as_json=as_json)


@app.command()
def confirm(changes: Changes = None, company: Company = None, as_json: AsJson = False) -> None:
    """Confirm *all* proposed values, some of them changed by --set; says what is newly confirmed."""
    workspace = open_workspace()
    realm_id = _find_company(workspace, company)
    before = _confirmed(workspace, realm_id)
    confirm_settings(workspace, realm_id, parse_changes(changes or []))
    _print_settings(workspace, realm_id, as_json=as_json)
    new = _confirmed(workspace, realm_id).items() - before.items()
    if not as_json:
        told = ", ".join(f"{name}={value}" for name, value in sorted(new))
        typer.echo(f"Newly confirmed: {told or 'nothing'}.")


@app.command()
def check(company: Company = None, as_json: AsJson = False) -> None:
    """List what is missing, which records wait for it, and what is off; exit 1 if any is missing.

    Costs no metered read while what is known of the company is younger than a day, else a few.
    """
    found = build_preflight(open_workspace(), company)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo(preflight_to_text(found))
    if found.missing:
        raise typer.Exit(1)


def parse_changes(changes: list[str]) -> dict[str, str]:
    """Return NAME=VALUE arguments as a dict.

    Raises:
        SettingsError: An argument has no `=`.
    """
    parsed: dict[str, str] = {}
    for change in changes:
        name, separator, value = change.partition("=")
        if not separator:
            raise SettingsError(f"--set {change!r} has no value; write --set NAME=VALUE.")
        parsed[name.strip()] = value
    return parsed


def _find_company(workspace: Workspace, realm_id: str | None) -> str:
    with workspace.engine.connect() as connection:
        return resolve_company(connection, realm_id).realm_id


def _print_settings(workspace: Workspace, realm_id: str, *, as_json: bool) -> None:
    rows = _settings_rows(workspace, realm_id)
    if as_json:
        print_json(rows)
        return
    print_rows(rows, ("name", "value", "called", "state", "meaning"), as_json=False, empty="")
    missing = [row["name"] for row in rows if row["state"] == "missing"]
    if missing:
        typer.echo(f"Missing: {', '.join(missing)}. What needs them waits; nothing is guessed.")


def _confirmed(workspace: Workspace, realm_id: str) -> dict[str, str | None]:
    rows = _settings_rows(workspace, realm_id)
    return {row["name"]: row["value"] for row in rows if row["state"] == "confirmed"}


def _settings_rows(workspace: Workspace, realm_id: str) -> list[dict[str, Any]]:
    with workspace.engine.connect() as connection:
        stored = read_stored(connection, realm_id)
        settings = read_settings(connection, realm_id)
        names = read_names(connection, realm_id)
    rows = []
    for name, setting in SETTINGS.items():
        value, state = _state(setting, stored.get(name), settings.value_of(name))
        called = names.get((setting.kind, value or ""))
        because = stored[name].because if name in stored else None
        rows.append(_to_row(name, value, state, setting.meaning, called, because))
    facts = (_to_row(name, settings.value_of(name), "fact", text) for name, text in FACTS.items())
    return [*rows, *facts]


def _state(
    setting: Setting, found: StoredSetting | None, value: str | None
) -> tuple[str | None, str]:
    if found and found.is_confirmed:
        return value, "confirmed"
    if found and found.value is not None:
        return found.value, "proposed"
    if value is not None:
        return value, "default"
    return None, "not set" if setting.is_optional else "missing"


def _to_row(
    name: str,
    value: str | None,
    state: str,
    meaning: str,
    called: str | None = None,
    because: str | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "called": called,
        "state": state,
        "because": because,
        "meaning": meaning,
    }
