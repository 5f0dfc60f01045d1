"""The options that several commands share."""

from typing import Annotated

import typer

Company = Annotated[
    str | None,
    typer.Option(
        "--company", help="The company's realm id; the only one by default.", metavar="REALM"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")]
