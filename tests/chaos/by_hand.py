"""What people with rights do at any time, between the batches of a run as well: link, give links up, accept, retry."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quickbooks_sync.commands.gate import accept
from quickbooks_sync.commands.linking import link, unlink
from quickbooks_sync.commands.retry import retry
from quickbooks_sync.record_types.registry import FLOWS, flow_named
from quickbooks_sync.workspace import Workspace
from tests.chaos import administration
from tests.chaos.administration import let_leases_expire, run_as_admin, tell_apart
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.child import Break
from tests.chaos.company import Company, Row, pick
from tests.chaos.lost_answers import run
from tests.chaos.loupe_changes import note

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

Order = Callable[["Schedule", Company, random.Random], str]
_REFUSED = frozenset({"ConfigurationError"})
_ANY_END = frozenset({"RetryableError", "LeaseLostError"})


def unlink_some(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Declare a linked pair to be two, or try to where a row has no link."""
    record_type = rng.choice(tuple(ENTITIES))
    chosen = pick(rng, company.sync_rows("link", f"record_type = '{record_type}' order by link_id"))
    loupe_id = chosen["loupe_id"] if chosen and rng.random() < 0.9 else 10**6
    if chosen and loupe_id == chosen["loupe_id"]:
        pair = chosen["loupe_id"], chosen["quickbooks_id"]
        tell_apart(company, record_type, *pair)
        company.note_decision(record_type, "record", pair)

    def work(workspace: Workspace) -> Any:
        unlink(workspace, record_type, loupe_id, by="chaos", realm_id=company.realm_id)

    allowed = _REFUSED if loupe_id == 10**6 else frozenset[str]()
    said = run_as_admin(schedule, company, work, allowed)
    return f"unlink {record_type} {loupe_id}={chosen and chosen['quickbooks_id']}: {said}"


def link_some(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Link a row and a record that bear one mark, giving up what either is linked to; or two that are not there."""
    record_type = rng.choice(tuple(ENTITIES))
    pair = _choose_pair(company, rng, record_type)
    if pair is None or rng.random() < 0.1:
        return _link(schedule, company, record_type, (10**6, "1000000"), _REFUSED)
    tell_apart(company, record_type, *pair)
    for link_row in _links_of(company, record_type, pair):
        other = link_row["loupe_id"], link_row["quickbooks_id"]
        tell_apart(company, record_type, *other)
        company.note_decision(record_type, "record", other)
    company.note_decision(record_type, "record", pair)
    return _link(schedule, company, record_type, pair, frozenset())


def _choose_pair(company: Company, rng: random.Random, record_type: str) -> tuple[int, str] | None:
    """Return a row and a record of one mark, preferably two that are not linked to each other."""
    marks: dict[str | None, list[str]] = {}
    for record in company.books.records(ENTITIES[record_type]):
        marks.setdefault(company.entered.mark_of_record(record_type, record), []).append(
            record["Id"]
        )
    linked = {
        (row["loupe_id"], row["quickbooks_id"])
        for row in company.sync_rows("link", f"record_type = '{record_type}'")
    }
    pairs = [
        (row[f"{record_type}_id"], number)
        for row in company.rows(record_type)
        if (mark := company.entered.mark_of_row(record_type, row))
        for number in marks.get(mark, ())
    ]
    apart = [pair for pair in pairs if pair not in linked]
    return rng.choice(apart or pairs) if pairs else None


def _links_of(company: Company, record_type: str, pair: tuple[int, str]) -> list[Row]:
    found = company.sync_rows("link", f"record_type = '{record_type}'")
    return [
        row for row in found if (row["loupe_id"] == pair[0]) != (row["quickbooks_id"] == pair[1])
    ]


def _link(
    schedule: "Schedule",
    company: Company,
    record_type: str,
    pair: tuple[int, str],
    allowed: frozenset[str],
) -> str:
    def work(workspace: Workspace) -> Any:
        who = {"by": "chaos", "realm_id": company.realm_id}
        link(workspace, record_type, *pair, is_instead=True, **who)

    said = run_as_admin(schedule, company, work, allowed)
    return f"link {record_type} {pair[0]}={pair[1]}: {said}"


def retry_what_is_gone(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Try a record again that is not there, on either side."""
    flow = rng.choice(FLOWS)

    def work(workspace: Workspace) -> Any:
        return retry(workspace, flow, realm_id=company.realm_id, source_ids=["999999"], by="chaos")

    return f"{flow.name} 999999: {run_as_admin(schedule, company, work)}"


def close_gate(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Enter customers that nobody can send, so that a gate closes; mostly somebody accepts that and runs it again."""
    let_leases_expire(company)
    administration.confirm(schedule, company, max_rejected_ratio="0")
    keys = [_enter_unsendable(company) for _ in range(3)]
    flow = flow_named("push_customers")
    said = [run(schedule, company, flow, "incremental", rng, frozenset({"GateClosedError"}))]
    if rng.random() < 0.7:
        said.append(_accept_newest(schedule, company))
        said.append(
            run(schedule, company, flow, "incremental", rng, frozenset({"GateClosedError"}))
        )
    administration.confirm(schedule, company, max_rejected_ratio="1")
    return f"customers {keys}: {'; '.join(said)}"


def _enter_unsendable(company: Company) -> int:
    number = company.next_number()
    columns = {"display_name": f"C{number} Loupe", "email": "no address"}
    key = company.insert("customer", "customer_id", **columns)
    note(company, "customer", key, columns)
    company.entered.note_mark("loupe", "customer", key, columns["display_name"])
    return key


def _accept_newest(schedule: "Schedule", company: Company) -> str:
    (newest,) = company.sync_rows("run", "true order by run_id desc limit 1")

    def work(workspace: Workspace) -> Any:
        return accept(workspace, newest["run_id"], by="chaos")

    return f"accept {newest['run_id']}: {run_as_admin(schedule, company, work, _REFUSED)}"


def accept_some(schedule: "Schedule", company: Company, _rng: random.Random) -> str:
    """Accept the newest run, which mostly has nothing to accept."""
    return _accept_newest(schedule, company)


def pull_while_waiting(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Have everything of a type pulled of which something waits or is rejected, and then pushed."""
    listed = [*company.sync_rows("waiting_record"), *company.sync_rows("rejected_record")]
    if not listed:
        return "nothing waits"
    plural = f"{rng.choice(listed)['record_type']}s"
    pull, push = (flow_named(f"{direction}_{plural}") for direction in ("pull", "push"))
    said = [
        run(schedule, company, pull, "full", rng, frozenset()),
        run(schedule, company, push, "incremental", rng, frozenset()),
    ]
    return f"{plural}, {len(listed)} listed: {' '.join(said)}"


def order_meanwhile(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Run one flow, and have people with rights give orders while it stands at some request."""
    flow = rng.choice(FLOWS)
    at = Break("hold", "request", is_after=rng.random() < 0.5, number=rng.choice((1, 1, 2, 3)))
    key = f"chaos-{rng.getrandbits(48):x}"
    options = administration.options_for(company, rng)
    child = schedule.sync(company, flow, options, key, at)
    said = []
    if child.wait_until_held():
        for _ in range(rng.choice((1, 2))):
            order = rng.choices(tuple(_ORDERS), tuple(_ORDERS.values()))[0]
            said.append(f"{order.__name__} {order(schedule, company, rng)}")
        child.let_go()
    ended = schedule.judge(child.end(), _ANY_END)
    return f"{flow.name} {at}: {'; '.join(said) or 'never got there'}: {ended}"


_ORDERS: dict[Order, int] = {
    administration.decide: 6,
    administration.retry_some: 2,
    administration.change_setting: 2,
    retry_what_is_gone: 1,
    accept_some: 1,
    link_some: 2,
    unlink_some: 2,
}

#: The steps of this module, and how often each is taken.
STEPS: dict[Order, int] = {
    order_meanwhile: 24,
    unlink_some: 6,
    link_some: 6,
    retry_what_is_gone: 3,
    close_gate: 4,
    accept_some: 2,
    pull_while_waiting: 8,
}
