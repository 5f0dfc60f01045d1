"""Load of a push: batches of thirty, each committed as an intent before it is sent."""

from collections.abc import Sequence

from quickbooks_sync.accounts import Account, count_outcomes
from quickbooks_sync.errors import RejectedRecordError, SettingsError
from quickbooks_sync.flows import BatchManifest, RunManifest
from quickbooks_sync.postgres import staging
from quickbooks_sync.postgres.intents import Intent, IntentItem, write_intent
from quickbooks_sync.postgres.leases import hold_lease
from quickbooks_sync.postgres.ledger import (
    read_outcome_counts,
    write_accounts,
    write_run_accounts,
)
from quickbooks_sync.push.lookup import link_existing
from quickbooks_sync.push.money import refuse_overpayments
from quickbooks_sync.push.operations import Write, build_request
from quickbooks_sync.push.plan import Plan, Planner
from quickbooks_sync.push.recover import recover
from quickbooks_sync.push.second_try import look_again
from quickbooks_sync.push.send import Refused, refused_account, send_intent
from quickbooks_sync.quickbooks.batch import MAX_ITEMS, BatchRequest, serialise_batch
from quickbooks_sync.runs import lease_of, place_of
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.workspace import Workspace


def load(workspace: Workspace, run: RunManifest, batch: BatchManifest) -> dict[str, int]:
    """Send one staged batch; returns the run's records per outcome so far.

    Repeatable at any point: what was answered is accounted for, what was sent without an answer is
    sent again identically, and only the rest is new.
    """
    if not run["preview"]:
        recover(workspace, run)
    key = run["run_id"], batch["batch_number"]
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        if staging.is_loaded(connection, *key):
            return read_outcome_counts(connection, run["run_id"])
        settings = read_settings(connection, run["realm_id"])
        planner = Planner(workspace, run, connection, settings)
        plan = planner.plan(staging.read_batch(connection, *key))
        if run["preview"]:
            accounts = [*plan.accounts, *map(planner.account_of, plan.writes)]
            write_run_accounts(connection, place_of(run), accounts)
            staging.mark_loaded(connection, *key)
            return count_outcomes(accounts)
    _send_all(workspace, run, settings, plan)
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        write_accounts(connection, place_of(run), plan.accounts)
        staging.mark_loaded(connection, *key)
        return read_outcome_counts(connection, run["run_id"])


def _send_all(
    workspace: Workspace, run: RunManifest, settings: CompanySettings, plan: Plan
) -> None:
    creates = [one for one in plan.writes if one.operation == "create"]
    existing = link_existing(workspace, run, creates)
    writes = [one for one in plan.writes if one.loupe_id not in existing]
    for start in range(0, len(writes), MAX_ITEMS):
        chunk = writes[start : start + MAX_ITEMS]
        overpaying = refuse_overpayments(workspace, run, chunk)
        plan.accounts.extend(overpaying)
        held = {one.loupe_id for one in overpaying}
        send_chunk(workspace, run, settings, [one for one in chunk if one.loupe_id not in held])


def send_chunk(
    workspace: Workspace,
    run: RunManifest,
    settings: CompanySettings,
    writes: Sequence[Write],
    *,
    is_second: bool = False,
) -> None:
    """Send at most thirty writes and account for every one of them."""
    sent, requests, unbuildable = _build(workspace, run, settings, writes)
    _write(workspace, run, unbuildable)
    if not sent:
        return
    intent = _commit_intent(workspace, run, sent, requests)
    refused = send_intent(workspace, run, intent)
    by_id = {one.loupe_id: one for one in sent}
    _write(workspace, run, _held_accounts(sent, refused))
    if refused and not is_second:
        again = look_again(workspace, run, settings, refused, by_id)
        send_chunk(workspace, run, settings, again.writes, is_second=True)
        refused = again.left
    _write(workspace, run, _refused_accounts(refused, by_id))


def _build(
    workspace: Workspace, run: RunManifest, settings: CompanySettings, writes: Sequence[Write]
) -> tuple[list[Write], list[BatchRequest], list[Account]]:
    mapping = workspace.mapping(run["record_type"])
    sent: list[Write] = []
    requests: list[BatchRequest] = []
    unbuildable: list[Account] = []
    for write in writes:
        try:
            requests.append(build_request(mapping, settings, write, str(len(sent) + 1)))
        except (RejectedRecordError, SettingsError) as error:
            unbuildable.append(_unbuildable_account(write, error))
        else:
            sent.append(write)
    return sent, requests, unbuildable


def _commit_intent(
    workspace: Workspace, run: RunManifest, sent: Sequence[Write], requests: list[BatchRequest]
) -> Intent:
    items = [
        IntentItem(
            request.b_id,
            write.loupe_id,
            write.operation,
            write.row_version,
            write.values,
            list(write.fields),
        )
        for write, request in zip(sent, requests, strict=True)
    ]
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        return write_intent(
            connection,
            run["realm_id"],
            run["record_type"],
            run["run_id"],
            serialise_batch(requests),
            items,
        )


def _write(workspace: Workspace, run: RunManifest, accounts: list[Account]) -> None:
    if accounts:
        with workspace.engine.begin() as connection:
            hold_lease(connection, lease_of(run))
            write_accounts(connection, place_of(run), accounts)


def _refused_accounts(left: Refused, by_id: dict[int, Write]) -> list[Account]:
    return [
        refused_account(item, fault, by_id[item.loupe_id].retry_key, by_id[item.loupe_id].raw)
        for item, fault in left
    ]


def _held_accounts(sent: Sequence[Write], refused: Refused) -> list[Account]:
    """A record whose other fields were sent still has fields in conflict: say so."""
    failed = {item.loupe_id for item, _ in refused}
    return [
        Account(
            one.source_id,
            "conflict",
            loupe_id=one.loupe_id,
            quickbooks_id=one.link.quickbooks_id if one.link else None,
            reason=one.conflicts[0].reason,
            conflicts=one.conflicts,
        )
        for one in sent
        if one.conflicts and one.loupe_id not in failed
    ]


def _unbuildable_account(write: Write, error: RejectedRecordError | SettingsError) -> Account:
    cause = {
        "field": error.facts.get("field") or error.facts.get("setting"),
        "rule": error.facts.get("rule") or "can be expressed in QuickBooks",
        "value": None,
        "message": str(error),
    }
    return Account(
        write.source_id,
        "rejected",
        loupe_id=write.loupe_id,
        causes=(cause,),
        raw=write.raw,
        source_version=str(write.row_version),
        retry_key=write.retry_key,
    )
