"""The mapping changes between runs: a field is read from another property, leaves the mapping, and comes back."""

import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from quickbooks_sync.commands.gate import accept_mapping
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.record_types.registry import flow_named
from quickbooks_sync.workspace import Workspace
from tests.chaos.administration import confirm, let_leases_expire, run_as_admin
from tests.chaos.auditor.comparing import CUSTOMER_PATHS, at
from tests.chaos.company import Company
from tests.chaos.lost_answers import try_to
from tests.chaos.loupe_edits import edit_customer

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

#: The field that moves, and the two properties between which it does.
_MOVED, _PLACES = "street", ("BillAddr.Line1", "ShipAddr.Line1")
#: The field that leaves, and where it is read from.
_LEFT, _LEFT_FROM = "website", "WebAddr.URI"
#: A push of a mapping that nobody has accepted, or of which not all was read yet, is refused.
_REFUSED = frozenset({"ConfigurationError"})


def move_field(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Read a field of customers from elsewhere; then the mapping is put right again, or somebody accepts it."""
    before = CUSTOMER_PATHS[_MOVED]
    after = _PLACES[before == _PLACES[0]]
    _map(schedule, {**CUSTOMER_PATHS, _MOVED: after})
    said = [f"{_MOVED} from {after}"]
    said += [_run(schedule, sharer, "push_customers", _REFUSED) for sharer in _all(schedule)]
    said += [_edit(company, rng) for _ in range(2)]
    said += [_run(schedule, sharer, "pull_customers", frozenset()) for sharer in _all(schedule)]
    if rng.random() < 0.4:
        _map(schedule, {**CUSTOMER_PATHS, _MOVED: before})
        return f"{'; '.join(said)}; the mapping was put right again"
    for sharer in _all(schedule):
        said.append(_accept(schedule, sharer))
        _note_unmapped(sharer, before, after)
    CUSTOMER_PATHS[_MOVED] = after
    return "; ".join(said)


def _accept(schedule: "Schedule", company: Company) -> str:
    """Accept the moved field as the last pull has counted it, allow for once that it is emptied, and read all."""
    (newest,) = company.sync_rows("run", "direction = 'pull' order by run_id desc limit 1")

    def work(workspace: Workspace) -> Any:
        return accept_mapping(workspace, newest["run_id"])

    confirm(schedule, company, max_blanked_ratio="1")
    said = run_as_admin(schedule, company, work, _REFUSED)
    said += f" {_run(schedule, company, 'pull_customers', frozenset())}"
    confirm(schedule, company, max_blanked_ratio="")
    return f"accepted: {said}"


def _note_unmapped(company: Company, before: str, after: str) -> None:
    """From now on the sync must leave the former property alone."""
    for record in company.books.records("Customer"):
        company.unmapped.pop(("Customer", record["Id"], after), None)
        company.unmapped["Customer", record["Id"], before] = at(record, before)


def drop_or_return_field(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Take a field of customers out of the mapping, or bring it back; customers are edited before and after."""
    if _LEFT in CUSTOMER_PATHS:
        del CUSTOMER_PATHS[_LEFT]
        _map(schedule, CUSTOMER_PATHS)
        return f"{_LEFT} is not mapped any more; {_edit(company, rng)}"
    CUSTOMER_PATHS[_LEFT] = _LEFT_FROM
    _map(schedule, CUSTOMER_PATHS)
    said = [f"{_LEFT} is mapped again", _edit(company, rng)]
    for sharer in _all(schedule):
        said.append(_run(schedule, sharer, "push_customers", _REFUSED))
        said.append(_run(schedule, sharer, "pull_customers", frozenset()))
    return "; ".join(said)


def _edit(company: Company, rng: random.Random) -> str:
    return try_to(lambda: edit_customer(company, rng))


def _all(schedule: "Schedule") -> Iterator[Company]:
    """Yield every company: they share the mapping."""
    for company in schedule.servers.companies:
        let_leases_expire(company)
        yield company


def _map(schedule: "Schedule", paths: Mapping[str, str]) -> None:
    """Let the mapping read the two fields from these properties, or not at all, in a folder of its own."""
    servers = schedule.servers
    folder = servers.folder / f"mappings-{len(list(servers.folder.glob('mappings-*')))}"
    shutil.copytree(servers.workspace.mappings, folder)
    _rewrite(folder / "customer.yaml", paths)
    servers.workspace = replace(servers.workspace, mappings=folder)


def _rewrite(file: Path, paths: Mapping[str, str]) -> None:
    mapping = yaml.safe_load(file.read_text())
    fields = mapping["fields"]
    fields[_MOVED]["quickbooks"] = paths[_MOVED]
    if _LEFT in paths:
        fields.setdefault(_LEFT, {"kind": "two_way", "type": "text", "loupe": _LEFT})
        fields[_LEFT]["quickbooks"] = paths[_LEFT]
    else:
        fields.pop(_LEFT, None)
    file.write_text(yaml.safe_dump(mapping, sort_keys=False))


def _run(schedule: "Schedule", company: Company, name: str, allowed: frozenset[str]) -> str:
    options = FlowOptions(realm_id=company.realm_id)
    key = f"remapped-{company.next_number()}"
    ended = schedule.sync(company, flow_named(name), options, key, None).end()
    return f"{name} {schedule.judge(ended, allowed)}"
