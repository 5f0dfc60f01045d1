"""The command ``quickbooks-emulator generate``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from quickbooks_emulator.generator.character import Character, Sizes
from quickbooks_emulator.generator.start import generate_company


def generate(  # noqa: PLR0913, PLR0917 -- each argument is an option of the command line
    data: Annotated[Path, typer.Option(help="Folder that holds the companies; not being served.")],
    realm: Annotated[str, typer.Option(help="Realm id of the new company: digits.")],
    customers: Annotated[int, typer.Option(min=0)] = Sizes.customers,
    invoices: Annotated[int, typer.Option(min=0)] = Sizes.invoices,
    payments: Annotated[int, typer.Option(min=0)] = Sizes.payments,
    items: Annotated[int, typer.Option(min=0)] = Sizes.items,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    awkward: Annotated[
        float, typer.Option(min=0, max=1, help="Share of records that break careless code.")
    ] = Character.awkward,
    custom_numbers: Annotated[
        bool, typer.Option(help="Invoices are numbered by hand and duplicates refused.")
    ] = Character.custom_numbers,
    multi_currency: Annotated[
        bool, typer.Option(help="Some customers are invoiced in foreign currencies.")
    ] = Character.multi_currency,
    sales_tax: Annotated[
        bool, typer.Option(help="Some invoices carry sales tax.")
    ] = Character.sales_tax,
) -> None:
    """Make a company of the jewelry trade, of any size, the same for the same seed."""
    began = time.monotonic()
    try:
        character = Character(awkward, custom_numbers, multi_currency, sales_tax)
        sizes = Sizes(customers, invoices, payments, items)
        generate_company(data, realm, sizes, seed, character, report=typer.echo)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"Company {realm} is in {data} after {time.monotonic() - began:.0f} s.")
