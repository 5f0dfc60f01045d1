"""What settings need of whoever asks for them: a database, and a client of the company."""

from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine

if TYPE_CHECKING:
    from quickbooks_sync.quickbooks.client import QuickBooksClient


class CompanyAccess(Protocol):
    """Where a company's settings are kept, and how QuickBooks is asked for its profile; a workspace is one."""

    @property
    def engine(self) -> Engine:
        """The database."""

    def client(self, realm_id: str, run_id: int | None = None) -> "QuickBooksClient":
        """Return a client of a company; its calls are counted, with a `run_id` on that run."""
