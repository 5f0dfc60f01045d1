"""Every error the sync raises, grouped by what to do about it.

::

    SyncError
    ├── ConfigurationError        stop; a person must change a file, a setting or the connection
    │   ├── MappingError          a mapping file is wrong: file, line, key, nearest valid key
    │   ├── SettingsError         a company setting is missing or invalid
    │   ├── ConnectionNeededError the company's grant is missing or refused: reconnect
    │   ├── GrantMismatchError    the grant is another app's, host's or environment's: nothing is sent
    │   └── UnsettledError        a preview cannot know what an earlier run has sent: run the flow
    ├── RetryableError            try the same thing again later
    │   ├── RateLimitedError      QuickBooks answered 429; wait `retry_after` seconds
    │   ├── UnreachableError      no answer from QuickBooks or Postgres
    │   │   └── LateAnswerError   it was not complete in time: ask again, or for less
    │   └── LeaseHeldError        another run holds the record type's lease
    ├── FatalError                stop the run; nothing was half-written
    │   ├── CompanyStoppedError   QuickBooks refuses the company (subscription, rights), or it was reset
    │   ├── GateClosedError       too much of the run was rejected, is gone, or would be emptied
    │   ├── ReadBudgetSpentError  the month's metered reads are used up
    │   ├── LeaseLostError        the lease moved to another run while this one worked
    │   ├── RefusedRowError       PostgreSQL refuses a row of Loupe's: a trigger, a constraint
    │   ├── StaleRunError         an earlier release staged the run: start the flow again
    │   └── UnexpectedAnswerError an answer that is not what Intuit documents
    │       └── TooMuchAskedError an answer too long, or a query not processed: ask for less
    └── RecordError               one record cannot be written; the rest goes on
        ├── RejectedRecordError   its values break a rule
        └── QuickBooksFault       QuickBooks refused it: fault code, detail, element

All carry facts as attributes, survive pickling and never hold a token or a customer's data.
"""

from typing import Any


class SyncError(Exception):
    """Root of the tree.

    Args:
        message: What was found, what was expected, where, and what to do next.
        **facts: Attributes to carry (fault code, ``intuit_tid``, record id ...).
    """

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the facts when the error crosses a process boundary."""
        return _rebuild, (type(self), self.message, self.facts)


def _rebuild(kind: type[SyncError], message: str, facts: dict[str, Any]) -> SyncError:
    return kind(message, **facts)


class ConfigurationError(SyncError):
    """Something a person must change before the sync can go on."""


class MappingError(ConfigurationError):
    """A mapping file is wrong; facts: ``file``, ``line``, ``key``."""


class SettingsError(ConfigurationError):
    """A company setting is missing or invalid; facts: ``setting``."""


class ConnectionNeededError(ConfigurationError):
    """The company must be connected (again); facts: ``realm_id``, ``reason``."""


class GrantMismatchError(ConfigurationError):
    """A grant may not be shown to what the connection names; facts: ``realm_id``, ``client_id``."""


class UnsettledError(ConfigurationError):
    """A preview cannot know what became of what an earlier run has sent; facts: ``intents``."""


class RetryableError(SyncError):
    """The same thing may succeed later."""


class RateLimitedError(RetryableError):
    """QuickBooks answered 429; facts: ``retry_after`` seconds."""


class UnreachableError(RetryableError):
    """A server did not answer; facts: ``server``."""


class LateAnswerError(UnreachableError):
    """An answer was not complete in time; a smaller one may be."""


class LeaseHeldError(RetryableError):
    """Another run holds the lease; facts: ``holder``, ``record_type``."""


class FatalError(SyncError):
    """The run stops; nothing is half-written."""


class CompanyStoppedError(FatalError):
    """QuickBooks refuses the whole company, or links lead to strangers; facts: ``code``, ``realm_id``."""


class GateClosedError(FatalError):
    """Too much of a run was rejected, is gone, or would be emptied; facts: the counts."""


class ReadBudgetSpentError(FatalError):
    """The month's metered reads are used up; facts: ``used``, ``monthly_reads``."""


class LeaseLostError(FatalError):
    """Another run took the lease while this one worked; facts: ``fence``."""


class RefusedRowError(FatalError):
    """PostgreSQL refused what was written of a row; facts: ``table``, ``sqlstate``, ``row`` of a COPY."""


class StaleRunError(FatalError):
    """An earlier release staged the run in a form that this one does not read."""


class UnexpectedAnswerError(FatalError):
    """QuickBooks sent what its documentation rules out; facts: ``status``, ``intuit_tid``."""


class TooMuchAskedError(UnexpectedAnswerError):
    """QuickBooks gave no answer to a question that a smaller one may get; facts: ``code``, ``intuit_tid``."""


class RecordError(SyncError):
    """One record cannot be written; every other record goes on."""


class RejectedRecordError(RecordError):
    """A record breaks a rule; facts: ``field``, ``rule``."""


class QuickBooksFault(RecordError):  # noqa: N818 - the field's own term
    """QuickBooks refused a request.

    Facts: ``code`` (str), ``detail`` (str), ``element`` (str), ``status`` (HTTP), ``intuit_tid``.
    """

    @property
    def code(self) -> str:
        """The fault code, as text (``"6240"``); empty when QuickBooks sent none."""
        return str(self.facts.get("code") or "")
