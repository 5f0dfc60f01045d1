"""A company that is wiped under its realm id, and one that is put back to how it was."""

from tests.contract.emulator.driver import Driver

ALL = "SELECT * FROM Customer ORDERBY Id"


def act(company: Driver, action: str) -> dict[str, str]:
    answer: dict[str, str] = company.side_door(
        "backups", {"realm": company.realm, "action": action}
    )
    return answer


def test_a_wiped_company_gives_its_ids_out_again_and_keeps_its_tokens(company: Driver) -> None:
    made = company.customer("A")
    act(company, "wipe")
    assert company.query(ALL) == {}
    stranger = company.customer("B")
    assert (stranger["Id"], stranger["SyncToken"]) == (made["Id"], "0")


def test_a_company_that_is_put_back_is_as_it_was(company: Driver) -> None:
    made = company.customer("A")
    act(company, "take")
    company.write("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "n"})
    company.customer("B")
    act(company, "wipe")
    act(company, "put_back")
    assert company.ids(ALL, "Customer") == [made["Id"]]
    assert company.read("Customer", made["Id"]) == made
    assert company.customer("C")["Id"] == str(int(made["Id"]) + 1)


def test_what_cannot_be_done_is_refused(company: Driver) -> None:
    assert "expected one of" in act(company, "burn")["error"]
    assert "no company" in company.side_door("backups", {"realm": "7", "action": "wipe"})["error"]
    assert "no copy" in act(company, "put_back")["error"]
