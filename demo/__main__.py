"""`python -m demo`: a QuickBooks company and a Loupe Factory database become one, on this machine."""

import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from demo.airflow import (
    USER,
    Airflow,
    build_environment,
    migrate_database,
    start_airflow,
    wait_for_airflow,
)
from demo.embedded_postgres import start_postgres
from demo.emulator import start_emulator
from demo.errors import DemoError
from demo.loupe_sample import ensure_loupe_sample
from demo.processes import Processes
from demo.product import Product, build_product_environment, write_variables
from demo.settings import Settings, ensure_ports_free, parse_settings
from demo.state import locked
from demo.story import DAG_ID, Story, follow_first_sync
from demo.summary import Summary, render_table
from quickbooks_sync.quickbooks.addresses import ALLOW_VARIABLE


def main(arguments: Sequence[str]) -> int:
    """Start everything, run the first sync, and serve until stopped; return the exit status."""
    settings = parse_settings(arguments)
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _interrupt)
    try:
        ensure_ports_free(settings)
        with locked(settings.state), Processes(settings.state / "logs") as processes:
            return run(settings, processes)
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        _write_failure(settings, str(error))
        return error.exit_status
    except KeyboardInterrupt:
        print("\nStopped; nothing of it runs any more.")
        return 130 if settings.once else 0


def run(settings: Settings, processes: Processes) -> int:
    """Start the parts in their order and return the exit status."""
    story = Story()
    state = settings.state
    postgres = start_postgres(processes, state / "postgres", port=settings.postgres_port)
    postgres.ensure_databases(["airflow", "loupe"])
    story.tell(f"PostgreSQL serves on port {postgres.port}")
    emulator_url = start_emulator(processes, state / "emulator", settings.emulator_port)
    story.tell(f"the QuickBooks emulator serves at {emulator_url}")
    environment = build_product_environment(state, postgres, emulator_url, processes.mark)
    product = Product(environment)
    write_variables(state / "env.sh", environment)
    product.run("db", "upgrade")
    is_new = ensure_loupe_sample(postgres.url("loupe"))
    story.tell(
        "Loupe Factory's database " + ("has the sample records" if is_new else "is as it was")
    )
    airflow = Airflow(state / "airflow", settings.airflow_port, postgres.url("airflow"))
    airflow_environment = build_environment(airflow, environment)
    migrate_database(airflow_environment, processes.log_folder / "airflow-migrate.log")
    children = start_airflow(processes, airflow, airflow_environment)
    story.tell("Airflow starts")
    ensure_company(product, state / "company-is-ready", story)
    api = wait_for_airflow(airflow, children, DAG_ID)
    story.tell(f"Airflow serves at {airflow.url}")
    summary = follow_first_sync(api, product, processes, story, environment[_DATA_DOCS])
    finish(settings, summary, airflow, emulator_url)
    if settings.once:
        return 0 if summary.status == "success" else 1
    serve(processes)
    return 0


def ensure_company(product: Product, ready: Path, story: Story) -> None:
    """Connect the company and confirm its settings, once; show the review before the first push.

    A grant is good for the emulator's address alone, so the company is connected again where that has changed.
    """
    host = product.environment[ALLOW_VARIABLE]
    companies = product.read("companies")
    is_connected = any(company["status"] == "connected" for company in companies)
    is_ready = is_connected and ready.exists()
    if not is_connected or (is_ready and ready.read_text() not in ("", host)):
        product.connect()
        story.tell("the company is connected (OAuth code exchange)")
    if is_ready:
        ready.write_text(host)
        return
    product.run("settings", "propose")
    product.run("settings", "confirm", "--set", "opening_stock=push")
    story.tell("the proposed company settings are confirmed, opening stock is pushed")
    story.tell("review before the first push:")
    print("\n".join(f"    {line}" for line in product.run("review").splitlines()), flush=True)
    ready.write_text(host)


def finish(settings: Settings, summary: Summary, airflow: Airflow, emulator_url: str) -> None:
    """Print the account and the addresses, and write the summary file."""
    print(f"\n{render_table(summary)}\n")
    if summary.is_unchanged:
        print("Nothing changed on either side, and nothing was sent to QuickBooks.\n")
    if not settings.once:
        print(f"Airflow     {airflow.url}   user {USER}, password {airflow.password}")
        print(f"QuickBooks  {emulator_url}   (emulated)")
        print(f"Data Docs   {airflow.url}/quickbooks/data-docs/index.html")
        print("\nWhat is open, and why, while this serves:")
        print(f"            source {settings.state / 'env.sh'}")
        print("            quickbooks-sync rejected | waiting | conflicts | records RUN | --help\n")
    print(f"Reports     {Path(summary.data_docs) / 'index.html'}")
    print(f"Logs        {settings.state / 'logs'}", flush=True)
    if settings.summary:
        summary.write(settings.summary)


def serve(processes: Processes) -> None:
    """Wait for Ctrl-C, or for a process that ends by itself."""
    print("\nEverything keeps running until Ctrl-C.", flush=True)
    while True:
        processes.ensure_running()
        time.sleep(1)


_DATA_DOCS = "QUICKBOOKS_SYNC_DATA_DOCS"


def _write_failure(settings: Settings, reason: str) -> None:
    if settings.summary:
        Summary("failed", {}, 0.0, "", reason).write(settings.summary)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
