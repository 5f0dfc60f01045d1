"""`quickbooks-sync connect`, `disconnect` and `companies`: which QuickBooks companies there are."""

import sys
import webbrowser
from typing import Annotated

import typer

from quickbooks_sync.cli.options import AsJson
from quickbooks_sync.cli.printing import print_rows, to_visible
from quickbooks_sync.connection.connect import Chosen, Expectation, expect
from quickbooks_sync.connection.connect import connect as connect_by_browser
from quickbooks_sync.connection.disconnect import disconnect as disconnect_company
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.connection.companies import Company, read_companies, resolve_company
from quickbooks_sync.postgres.connection.one_company import read_crowded
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.workspace import Workspace, open_workspace

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
Realm = Annotated[
    str | None,
    typer.Option(
        "--realm",
        metavar="REALM",
        help="Refuse any other company; by default the one that needs attention, if there is one.",
    ),
]
Also = Annotated[
    bool,
    typer.Option("--also", help="Let the organization have this company beside the one it has."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Confirm without being asked.")]
ListenAt = Annotated[
    str | None,
    typer.Option(
        "--listen-at",
        metavar="URL",
        help="Loopback address that an https redirect URI is forwarded to.",
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", min=1, help="Seconds to wait for consent.")]
CompanyId = Annotated[
    str | None,
    typer.Argument(metavar="[COMPANY]", help="The company's realm id; the only one by default."),
]
ForgetAnyway = Annotated[
    bool,
    typer.Option("--forget-anyway", help="Forget the grant here even if Intuit does not end it."),
]


def connect(  # noqa: PLR0913, PLR0917 - the command's options, each by its name
    no_browser: NoBrowser = False,
    organization: Organization = None,
    environment: Environment = None,
    realm: Realm = None,
    also: Also = False,
    yes: Yes = False,
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
    with workspace.engine.connect() as connection:
        expectation = expect(
            connection, realm_id=realm, organization_id=organization, is_additional=also
        )

    def announce(url: str) -> None:
        typer.echo(f"Open this address in your browser: {url}")
        if expectation.realm_id:
            typer.echo(f"On the page, choose the company with the id {expectation.realm_id}.")
        if not no_browser and sys.stdout.isatty():
            webbrowser.open(url)

    connected = connect_by_browser(
        workspace,
        expectation,
        announce=announce,
        confirm=lambda chosen: _confirm(chosen, expectation, is_asked=not yes),
        listen_at=listen_at,
        timeout=timeout,
    )
    typer.echo(
        f"Connected {to_visible(connected.company_name)} ({connected.realm_id}) "
        f"to organization {connected.organization_id}."
    )


def disconnect(
    company: CompanyId = None, yes: Yes = False, forget_anyway: ForgetAnyway = False
) -> None:
    """End a company's consent at Intuit and forget its tokens; its links and settings stay."""
    workspace = open_workspace()
    with workspace.engine.connect() as connection:
        chosen = resolve_company(connection, company)
    called = f"{to_visible(chosen.company_name)} ({chosen.realm_id})"
    if chosen.status == "disconnected":
        typer.echo(f"{called} is disconnected already.")
        return
    if not yes and not _ask(f"Disconnect {called} from organization {chosen.organization_id}?"):
        raise ConfigurationError(
            f"Nobody confirmed it: {called} stays connected. In scripts, use --yes."
        )
    _disconnect(workspace, chosen, called, forget_anyway=forget_anyway)


def companies(as_json: AsJson = False) -> None:
    """List the connected companies and how they stand."""
    with build_engine().connect() as connection:
        rows = [vars(company) for company in read_companies(connection)]
        crowded = read_crowded(connection)
    columns = (
        "realm_id",
        "company_name",
        "organization_id",
        "is_additional",
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
    for sentence in crowded:
        typer.echo(to_visible(sentence), err=True)


def _disconnect(
    workspace: Workspace, company: Company, called: str, *, forget_anyway: bool
) -> None:
    trouble = disconnect_company(workspace, company.realm_id, forget_anyway=forget_anyway)
    typer.echo(
        f"Disconnected {called}. Its links, settings and history stay, so that "
        f"`quickbooks-sync connect --realm {company.realm_id}` goes on where it was."
    )
    if trouble:
        typer.echo(trouble, err=True)


def _confirm(chosen: Chosen, expectation: Expectation, *, is_asked: bool) -> bool:
    """Show what was chosen, and ask; says nothing where all of it was settled beforehand."""
    if chosen.former:
        typer.echo(
            f"Note: organization {chosen.organization_id} was synced with {to_visible(chosen.former)} before. Its "
            "records will be pushed to this company.",
            err=True,
        )
    if is_asked or expectation.realm_id is None:
        typer.echo(f"Company       {to_visible(chosen.company_name)}")
        typer.echo(f"Realm id      {chosen.realm_id}")
        typer.echo(f"Environment   {chosen.environment}")
        typer.echo(f"Organization  {chosen.organization_id}")
    return not is_asked or _ask("Connect this company?")


def _ask(question: str) -> bool:
    """Ask a person; an ended input is a no."""
    try:
        return typer.confirm(question)
    except typer.Abort:
        return False
