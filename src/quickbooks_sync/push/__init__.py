"""Push: Loupe -> QuickBooks. The steps that differ from a pull."""

from quickbooks_sync.push.extract import extract
from quickbooks_sync.push.load import load
from quickbooks_sync.push.rejected import list_rejected
from quickbooks_sync.push.transform import transform

__all__ = ["extract", "list_rejected", "load", "transform"]
