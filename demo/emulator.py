"""The QuickBooks Online emulator as a child process, with its sample companies."""

import os
import sys
from pathlib import Path

from demo.processes import HOST, Processes, answers, wait_until


def start_emulator(processes: Processes, data: Path, port: int) -> str:
    """Start the emulator and return its address.

    Raises:
        DemoError: It did not answer.
    """
    program = Path(sys.executable).with_name("quickbooks-emulator")
    place = ["--data", str(data), "--host", HOST, "--port", str(port)]
    command: list[str | Path] = [program, "serve", *place, "--seed-sample", "--side-door"]
    child = processes.start("emulator", command, environment=os.environ)
    url = f"http://{HOST}:{port}"
    wait_until(lambda: answers(f"{url}/healthz"), child, seconds=120)
    return url
