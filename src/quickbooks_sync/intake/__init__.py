"""Intake: takes QuickBooks records into Loupe: identify, merge, guard, write."""

from quickbooks_sync.intake.batch import IntakeBatch

__all__ = ["IntakeBatch"]
