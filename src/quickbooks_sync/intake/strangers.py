"""Stops a company of which many records are not those that were linked: it was reset, or Loupe was restored.

A few are conflicts, each for a person. Many have one cause, and whatever the flows did next would rest on the wrong
pairs, so nothing is loaded or sent before somebody has looked.
"""

from dataclasses import dataclass, field

from quickbooks_sync.intake.replaced import Known, is_standing
from quickbooks_sync.model.errors import CompanyStoppedError
from quickbooks_sync.postgres.connection.attention import mark_needs_attention
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings

_IN_QUICKBOOKS = (
    "QuickBooks records with the Ids of linked {labels} are not those that were linked",
    "the company was reset, or put back to an earlier state",
    "Find out in QuickBooks who did that and why",
)
_IN_LOUPE = (
    "Loupe rows with the keys of linked {labels} are not those that were linked, or are older than they were",
    "Loupe was restored from a backup",
    "Put Loupe back to its latest state if you can",
)
_SHOWN = 3


@dataclass
class Strangers:
    """The links of a run of which a side is another one now, and was not known to be.

    Attributes:
        context: The run.
        labels: What the records are called; those of the run by default.
        quickbooks: By QuickBooks Id, what shows that the record is another one.
        loupe: By Loupe id, what shows that the row is.
    """

    context: RunContext
    labels: str = ""
    quickbooks: dict[str, str] = field(default_factory=dict)
    loupe: dict[int, str] = field(default_factory=dict)

    def note_record(self, link: Known, difference: str | None) -> None:
        """Count a record if it differs from the linked one."""
        if difference is not None and not is_standing(link):
            self.quickbooks[link.quickbooks_id] = difference

    def note_row(self, link: Known, difference: str | None) -> None:
        """Count a row if it differs from the linked one."""
        if difference is not None and not is_standing(link):
            self.loupe[link.loupe_id] = difference

    def refuse(self, total: int) -> None:
        """Stop the company where too many of the run's records are other ones.

        Args:
            total: How many records the run has read.

        Raises:
            CompanyStoppedError: There are more than `max_replaced`, and at least 1 % of the run.
        """
        rows = {str(loupe_id): difference for loupe_id, difference in self.loupe.items()}
        for found, words in ((self.quickbooks, _IN_QUICKBOOKS), (rows, _IN_LOUPE)):
            if found and is_too_many(len(found), total, self._read_most()):
                raise self._stop(found, total, words)

    def _read_most(self) -> int:
        with self.context.reading() as connection:
            return read_settings(connection, self.context.realm_id).max_replaced

    def _stop(
        self, found: dict[str, str], total: int, words: tuple[str, str, str]
    ) -> CompanyStoppedError:
        context, (what, cause, remedy) = self.context, words
        first = next(iter(found))
        reason = (
            f"{len(found)} of {total} {what.format(labels=self.labels or context.type.labels)} (for example "
            f"{', '.join(list(found)[:_SHOWN])}; {first}: {found[first]}), so {cause}. Nothing was changed on either side, and no flow of this company "
            f"runs. {remedy}; then run `quickbooks-sync connect --realm {context.realm_id}` and the flow again. If it "
            f"is to stay as it is now, run `quickbooks-sync settings confirm --set max_replaced={len(found)}` before: "
            "each of them is a conflict then, which you decide."
        )
        mark_needs_attention(context.workspace.engine, context.realm_id, reason)
        return CompanyStoppedError(reason, code="", realm_id=context.realm_id)


def is_too_many(number: int, total: int, most: int) -> bool:
    """Whether so many other ones among a run's records stop the company: more than `most`, and at least 1 %.

    Both limits must be reached, so that a small company is not stopped for one record, nor a big one for a few: each of
    those is a conflict and nothing of it moves. A reset or a restore replaces nearly all.
    """
    return number > most and number * 100 >= total
