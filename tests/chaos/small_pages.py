"""Pages of a few records and chunks of a few rows: else a company of the model would be one page and one chunk."""

from typing import Any

from quickbooks_sync.postgres.records.loupe_rows import iter_rows
from quickbooks_sync.pull import extract
from quickbooks_sync.quickbooks.client import QuickBooksClient

SIZE = 7


def use_small_pages() -> None:
    """Read lists of QuickBooks and rows of Loupe a few at a time from now on, in this process."""
    product: Any = extract
    product.BATCH_SIZE = SIZE
    for read in (QuickBooksClient.pages, iter_rows):
        function: Any = read
        function.__kwdefaults__ = {**function.__kwdefaults__, "page_size": SIZE}
