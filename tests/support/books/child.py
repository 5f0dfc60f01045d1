"""Steps run by a process of its own, which a test may kill."""

import multiprocessing
from multiprocessing.process import BaseProcess

from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.workspace import open_workspace
from tests.support.installation import House


def start_load(house: House, run: RunManifest, batch: BatchManifest) -> BaseProcess:
    """Start loading a batch in another process."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_load, args=(house.environment(), run, batch))
    process.start()
    return process


def _load(environment: dict[str, str], run: RunManifest, batch: BatchManifest) -> None:
    workspace = open_workspace(environment)
    try:
        steps.load(workspace, run, batch)
    finally:
        workspace.close()
