"""Pull: QuickBooks -> Loupe. The steps that differ from a push."""

from quickbooks_sync.pull.extract import extract
from quickbooks_sync.pull.load import load
from quickbooks_sync.pull.rejected import list_rejected
from quickbooks_sync.pull.transform import transform

__all__ = ["extract", "list_rejected", "load", "transform"]
