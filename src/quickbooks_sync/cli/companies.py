"""`quickbooks-sync connect` and `companies`: which QuickBooks companies there are."""

import sys
import webbrowser
from typing import Annotated

import typer

from quickbooks_sync.cli.options import AsJson
from quickbooks_sync.cli.printing import print_rows
from quickbooks_sync.connect import connect as connect_by_browser
from quickbooks_sync.errors import ConfigurationError
from quickbooks_sync.postgres.companies import read_companies
from quickbooks_sync.postgres.engine import build_engine
from quickbooks_sync.workspace import open_workspace

NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Only print the address; open no browser.")
]
Organization = Annotated[
    int | None,
    typer.Option("--organization", help="The Loupe organization; the only one by default."),
]
Environment = Annotated[
    str | None,
    typer.Option(
        "--environment", help="Refuse unless the connection is for sandbox or production."
    ),
]
RealmHint = Annotated[
    str | None,
    typer.Option("--realm-hint", metavar="REALM", help="Say which company to choose on the page."),
]
ListenAt = Annotated[
    str | None,
    typer.Option(
        "--listen-at",
        metavar="URL",
        help="Loopback address that an https redirect URI is forwarded to.",
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", min=1, help="Seconds to wait for consent.")]


def connect(
    no_browser: NoBrowser = False,
    organization: Organization = None,
    environment: Environment = None,
    realm_hint: RealmHint = None,
    listen_at: ListenAt = None,
    timeout: Timeout = 600,
) -> None:
    """Connect a QuickBooks company, or connect it again; costs one metered read."""
    workspace = open_workspace()
    if environment not in (None, workspace.app.environment):
        raise ConfigurationError(
            f"The QuickBooks connection is for {workspace.app.environment}, not {environment}. "
            "Change its environment, and with it the app's keys."
        )

    def announce(url: str) -> None:
        if realm_hint:
            typer.echo(f"On the page, choose the company with the id {realm_hint}.")
        typer.echo(f"Open this address in your browser: {url}")
        if not no_browser and sys.stdout.isatty():
            webbrowser.open(url)

    found = connect_by_browser(
        workspace,
        announce=announce,
        organization_id=organization,
        listen_at=listen_at,
        timeout=timeout,
    )
    if realm_hint and found.realm_id != realm_hint:
        typer.echo(f"Note: company {realm_hint} was expected; another one was chosen.", err=True)
    typer.echo(
        f"Connected {found.company_name} ({found.realm_id}) to organization {found.organization_id}."
    )


def companies(as_json: AsJson = False) -> None:
    """List the connected companies and how they stand."""
    with build_engine().connect() as connection:
        rows = [vars(one) for one in read_companies(connection)]
    columns = (
        "realm_id",
        "company_name",
        "organization_id",
        "environment",
        "status",
        "is_nightly",
        "status_reason",
    )
    print_rows(
        rows,
        columns,
        as_json=as_json,
        empty="No company is connected. Connect one with: quickbooks-sync connect",
    )
