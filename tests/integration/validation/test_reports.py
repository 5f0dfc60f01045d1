"""The validation reports of real runs: every rejection is on the page, whoever found it."""

from pathlib import Path

from quickbooks_sync.commands import steps
from tests.support.books import loupe
from tests.support.installation import House


def test_a_rejection_found_before_the_suite_runs_is_reported_with_its_change(
    shared_house: House,
) -> None:
    house = shared_house
    customer_id = loupe.add_customer(house, "Report Customer")
    house.run("push_customers")
    loupe.add_invoice(house, customer_id, "R-1", currency_code="EUR")
    house.run("push_invoices", mode="full")
    loupe.add_invoice(house, customer_id, "R-2", currency_code="EUR")
    loupe.add_invoice(house, customer_id, "R-3")
    run = house.run("push_invoices", mode="full")
    assert run["counts"] == {"rejected": 2, "created": 1}
    index = Path(steps.build_data_docs(house.workspace))
    page = index.with_name(f"run_{run['run_id']}.html").read_text()
    assert "can be represented in QuickBooks<br><small>found on reading the record" in page
    assert "<td>more, 1 before</td>" in page
    assert "rejected 1 more, with warnings as before" in page
    assert '<td class="number">3</td>\n<td class="number">2</td>' in index.read_text()


def test_a_repeated_step_counts_nothing_twice(shared_house: House) -> None:
    house = shared_house
    customer_id = loupe.add_customer(house, "Repeat Customer")
    house.run("push_customers")
    loupe.add_invoice(house, customer_id, "R-4", currency_code="EUR")
    loupe.add_invoice(house, customer_id, None, currency_code="EUR")
    run, batches = house.prepare("push_invoices")
    before = [row for row in house.rows("staged_batch") if row["run_id"] == run["run_id"]]
    for batch in batches:
        steps.validate(house.workspace, run, batch)
    after = [row for row in house.rows("staged_batch") if row["run_id"] == run["run_id"]]
    house.load(run, batches)
    house.finish(run)
    assert before[0]["rejected_count"] == 4
    assert after == before
