"""Translates the sync's errors into what Airflow does about them, and says them where people look: in the task's log.

=======================================  ==================================================
The sync raises                          The task
=======================================  ==================================================
`LeaseHeldError`                         fails: another run is at work (`check` waits for it first)
`ConfigurationError`, `FatalError`       fails at once: trying again cannot help
`RecordError` (nobody accounted for it)  fails at once
`RetryableError`, anything else          fails, and Airflow tries again as the task allows
=======================================  ==================================================
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from quickbooks_airflow.words import log_sentences
from quickbooks_sync.model.errors import (
    ConfigurationError,
    FatalError,
    LeaseHeldError,
    RecordError,
    RetryableError,
    SyncError,
)

logger = logging.getLogger(__name__)

_FINAL = (ConfigurationError, FatalError, LeaseHeldError, RecordError)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise Airflow's exception for a sync error that leaves the block; the message stays the same.

    What happened and what to do are lines of the log before Airflow's own: it shows an exception as one long line above
    a traceback.

    Raises:
        AirflowFailException: A person must act first.
        AirflowException: A later try may succeed.
    """
    try:
        yield
    except SyncError as error:
        log_sentences(logger.error, str(error))
        if isinstance(error, _FINAL):
            raise AirflowFailException(str(error)) from None
        if isinstance(error, RetryableError):
            raise AirflowException(str(error)) from None
        raise
