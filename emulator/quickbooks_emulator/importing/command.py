"""The command ``quickbooks-emulator import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quickbooks_emulator.importing.start import import_company


def import_answers(
    paths: Annotated[list[Path], typer.Argument(help="JSON files, or folders of them.")],
    data: Annotated[Path, typer.Option(help="Folder that holds the companies; not being served.")],
    realm: Annotated[str, typer.Option(help="Realm id of the new company: digits.")],
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave contradicting records out; say which.")
    ] = False,
) -> None:
    """Make a company from answers as QuickBooks returned them, so that it can be tried offline."""
    try:
        imported = import_company(data, realm, paths, leave_out=leave_out)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for line in (*imported.notes, *imported.made_up, *imported.added):
        typer.echo(line)
    taken = ", ".join(f"{count} {entity}" for entity, count in sorted(imported.counts.items()))
    typer.echo(f"Company {realm} is in {data}: {taken} as recorded.")
