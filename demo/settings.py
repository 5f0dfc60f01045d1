"""What the person who starts the demo may choose, by flag or environment variable."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.errors import UsageError
from demo.processes import is_free

REPOSITORY = Path(__file__).resolve().parents[1]
PREFIX = "QUICKBOOKS_SYNC_DEMO_"


@dataclass(frozen=True)
class Settings:
    """The choices of one start."""

    state: Path
    airflow_port: int
    emulator_port: int
    postgres_port: int
    once: bool
    summary: Path | None

    @property
    def ports(self) -> dict[str, tuple[str, int]]:
        """What listens where: flag -> (name, port)."""
        return {
            "--airflow-port": ("Airflow", self.airflow_port),
            "--emulator-port": ("the QuickBooks emulator", self.emulator_port),
            "--postgres-port": ("PostgreSQL", self.postgres_port),
        }


def parse_settings(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read flags, with defaults from `QUICKBOOKS_SYNC_DEMO_*` variables.

    Raises:
        SystemExit: A flag is unknown or malformed (status 2), or help was asked for (status 0).
    """
    parser = argparse.ArgumentParser(prog="make demo ARGS=...", description=__doc__)
    state = environment.get(f"{PREFIX}STATE", str(REPOSITORY / ".state"))
    parser.add_argument(
        "--state", type=Path, default=state, help="folder of everything that is kept"
    )
    parser.add_argument(
        "--once", action="store_true", help="end after the first sync, with a status"
    )
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write the account as JSON")
    for name, default in {"airflow": "8080", "emulator": "8090", "postgres": "5433"}.items():
        given = environment.get(f"{PREFIX}{name.upper()}_PORT", default)
        parser.add_argument(f"--{name}-port", type=_port, default=given, help=f"default {given}")
    chosen = parser.parse_args(arguments)
    return Settings(
        state=chosen.state.resolve(),
        airflow_port=chosen.airflow_port,
        emulator_port=chosen.emulator_port,
        postgres_port=chosen.postgres_port,
        once=chosen.once,
        summary=chosen.summary,
    )


def ensure_ports_free(settings: Settings) -> None:
    """Refuse to start where a port is taken, naming all that are.

    Raises:
        UsageError: At least one port is busy, or two parts were given the same one.
    """
    ports = [port for _name, port in settings.ports.values()]
    if len(set(ports)) < len(ports):
        raise UsageError(f"Each part needs a port of its own; these were given: {ports}.")
    busy = [(flag, *at) for flag, at in settings.ports.items() if not is_free(at[1])]
    if busy:
        raise UsageError(
            "\n".join(
                f"Port {port}, meant for {name}, is already in use by another program. Stop that "
                f'program, or choose another port: make demo ARGS="{flag} {port + 1000}"'
                for flag, name, port in busy
            )
        )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to 65535")
    return int(text)
