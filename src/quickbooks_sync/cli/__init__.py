"""The command line: `quickbooks-sync`, for the data team and the admin who connects a company."""

from quickbooks_sync.cli.application import app

__all__ = ["app"]
