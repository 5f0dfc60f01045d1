"""Errors of the sync become what Airflow should do about them."""

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from quickbooks_airflow.outcomes import translated_errors
from quickbooks_sync.model import errors


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (errors.LeaseHeldError, AirflowFailException),
        (errors.MappingError, AirflowFailException),
        (errors.SettingsError, AirflowFailException),
        (errors.ConnectionNeededError, AirflowFailException),
        (errors.CompanyStoppedError, AirflowFailException),
        (errors.GateClosedError, AirflowFailException),
        (errors.LeaseLostError, AirflowFailException),
        (errors.UnexpectedAnswerError, AirflowFailException),
        (errors.RejectedRecordError, AirflowFailException),
        (errors.QuickBooksFault, AirflowFailException),
        (errors.RateLimitedError, AirflowException),
        (errors.UnreachableError, AirflowException),
    ],
)
def test_each_error_has_one_outcome(
    raised: type[errors.SyncError], expected: type[Exception]
) -> None:
    with pytest.raises(expected, match="what to do next") as caught, translated_errors():
        raise raised("what to do next")

    assert type(caught.value) is expected


def test_every_error_of_the_tree_is_translated() -> None:
    for raised in _leaves(errors.SyncError):
        with pytest.raises(AirflowException), translated_errors():
            raise raised("found")


def test_what_happened_and_what_to_do_are_lines_of_their_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(AirflowFailException) as caught, translated_errors():
        raise errors.SettingsError("Setting tax is missing. Confirm it. Then run again.")

    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "Setting tax is missing."),
        ("ERROR", "Confirm it."),
        ("ERROR", "Then run again."),
    ]
    assert caught.value.__suppress_context__


def test_what_is_not_an_error_of_the_sync_passes() -> None:
    with pytest.raises(KeyError), translated_errors():
        raise KeyError("field")


def _leaves(error: type[errors.SyncError]) -> list[type[errors.SyncError]]:
    below = error.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [error]
