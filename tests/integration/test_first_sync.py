"""The first sync of the sample company, flow by flow, against a real emulator and database."""

from tests.integration.conftest import House


def test_an_empty_loupe_takes_everything_quickbooks_has(house: House) -> None:
    runs = house.run_all()
    for name, run in runs.items():
        print(name, run)
    assert {run["status"] for run in runs.values()} == {"success"}
