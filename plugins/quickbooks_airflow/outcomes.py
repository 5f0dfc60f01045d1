"""Translates the sync's errors into what Airflow does about them: fail, skip or try again.

=======================================  ==================================================
The sync raises                          The task
=======================================  ==================================================
`LeaseHeldError`                         is skipped: another run does this work already
`ConfigurationError`, `FatalError`       fails at once: trying again cannot help
`RecordError` (nobody accounted for it)  fails at once
`RetryableError`, anything else          fails, and Airflow tries again as the task allows
=======================================  ==================================================
"""

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from quickbooks_sync.model.errors import (
    ConfigurationError,
    FatalError,
    LeaseHeldError,
    RecordError,
    RetryableError,
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise Airflow's exception for a sync error that leaves the block; the message stays the same.

    Raises:
        AirflowSkipException: Another run holds the lease.
        AirflowFailException: A person must act first.
        AirflowException: A later try may succeed.
    """
    try:
        yield
    except LeaseHeldError as error:
        raise AirflowSkipException(str(error)) from error
    except (ConfigurationError, FatalError, RecordError) as error:
        raise AirflowFailException(str(error)) from error
    except RetryableError as error:
        raise AirflowException(str(error)) from error
