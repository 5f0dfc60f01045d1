"""What a push does with a row: the operations that QuickBooks is sent."""

from enum import StrEnum


class Operation(StrEnum):
    """One kind of write to QuickBooks."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    ADJUST = "adjust"
