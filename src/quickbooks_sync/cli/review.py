"""`quickbooks-sync review`: the read-only report before a push."""

from dataclasses import asdict

import typer

from quickbooks_sync.cli.options import AsJson, Company
from quickbooks_sync.cli.printing import print_json
from quickbooks_sync.review import build_review, to_text
from quickbooks_sync.workspace import open_workspace


def review(company: Company = None, as_json: AsJson = False) -> None:
    """Report what a push would reject, hold or let wait, with counts and likely duplicates.

    Writes nothing; costs four metered reads of QuickBooks, and a few more where what is known of the company is older
    than a day.
    """
    found = build_review(open_workspace(), company)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo(to_text(found))
