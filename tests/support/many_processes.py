"""Work for processes of their own, started from one server that has imported everything."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from quickbooks_sync.postgres.connection.grants import GrantTokens
from quickbooks_sync.postgres.connection.throttle import Bucket, PostgresThrottle
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.quickbooks.oauth import App


def run_in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run `work` once for each of `arguments`, all at the same time, each in its own process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with context.Manager() as shared, ProcessPoolExecutor(len(arguments), context) as pool:
        start = shared.Barrier(len(arguments))
        futures = [pool.submit(_start_together, start, work, given) for given in arguments]
        return [future.result(timeout=120) for future in futures]


def _start_together(start: Any, work: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    start.wait(60)
    return work(*given)


def read_token(url: str, app: App, realm_id: str, key: str, after: str | None) -> str:
    """Return an access token; with `after`, one newer than that."""
    engine = build_engine(url)
    try:
        tokens = GrantTokens(engine, app, realm_id, key)
        return tokens.access_token() if after is None else tokens.refreshed(after)
    finally:
        engine.dispose()


def take_turns(url: str, realm_id: str, bucket: Bucket, turns: int) -> list[float]:
    """Wait for so many turns; returns when each came, by this machine's clock."""
    engine = build_engine(url)
    try:
        throttle = PostgresThrottle(engine, realm_id, requests=bucket)
        times = []
        for _ in range(turns):
            throttle.wait_for_request()
            times.append(time.monotonic())
        return times
    finally:
        engine.dispose()
