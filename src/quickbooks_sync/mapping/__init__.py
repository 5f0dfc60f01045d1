"""The mappings: which Loupe column is which QuickBooks property, each field once for both directions."""

from quickbooks_sync.mapping.loading import load_mapping, load_mappings
from quickbooks_sync.mapping.model import Field, RecordMapping

__all__ = ["Field", "RecordMapping", "load_mapping", "load_mappings"]
