"""The command line: ``quickbooks-emulator serve``, ``generate`` and ``import``."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from quickbooks_emulator.app import create_app
from quickbooks_emulator.generator.command import generate
from quickbooks_emulator.http.wiring import App
from quickbooks_emulator.importing.command import import_answers
from quickbooks_emulator.model.switches import Switches, parse_switches

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("generate")(generate)
app.command("import")(import_answers)


@app.callback()
def main() -> None:
    """A stand-in for QuickBooks Online, for trying the sync without an Intuit account."""


@app.command()
def serve(  # noqa: PLR0913, PLR0917 -- each argument is an option of the command line
    data: Annotated[Path, typer.Option(help="Folder that holds the companies.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 lets the system pick one.")] = 8090,
    side_door: Annotated[bool, typer.Option("--side-door", help="Open /_emulator/*.")] = False,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="No request rates.")] = False,
    seed_sample: Annotated[
        bool, typer.Option("--seed-sample", help="Build the sample companies in an empty folder.")
    ] = False,
    client_id: Annotated[str, typer.Option(help="The app's client id.")] = App.client_id,
    client_secret: Annotated[str, typer.Option(help="Its secret.")] = App.client_secret,
    redirect_uri: Annotated[
        list[str] | None, typer.Option(help="A redirect URI besides loopback ones; repeatable.")
    ] = None,
    strict_rotation: Annotated[
        bool, typer.Option("--strict-rotation", help="Using an old refresh token ends the grant.")
    ] = False,
    switch: Annotated[
        list[str] | None,
        typer.Option(help="A disputed behaviour as NAME or NAME=NUMBER; repeatable."),
    ] = None,
) -> None:
    """Serve the emulator until it is stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    switches = _switches(switch or [], strict_rotation)
    listener = _listen(host, port)
    known = App(client_id, client_secret, tuple(redirect_uri or ()))
    emulator = create_app(
        data,
        side_door=side_door,
        limits=not no_limits,
        app=known,
        sample=seed_sample,
        switches=switches,
    )
    config = uvicorn.Config(
        emulator, log_level="warning", access_log=False, timeout_graceful_shutdown=5
    )
    address = f"http://{host}:{listener.getsockname()[1]}"
    # uvicorn stops in order at a signal and then raises it again: this makes the exit status 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    typer.echo(f"QuickBooks emulator ready at {address} (data in {data})")
    uvicorn.Server(config).run(sockets=[listener])


def _switches(names: list[str], strict_rotation: bool) -> Switches:
    switches = Switches()
    try:
        switches.turn(parse_switches(names))
    except ValueError as error:
        typer.echo(f"--switch: {error}", err=True)
        raise typer.Exit(2) from None
    switches.strict_rotation |= strict_rotation
    return switches


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        typer.echo(
            f"Cannot listen on {host}:{port}: {error.strerror}. Stop what uses the port, "
            "or choose another with --port.",
            err=True,
        )
        raise typer.Exit(2) from None
    listener.listen(128)
    return listener
