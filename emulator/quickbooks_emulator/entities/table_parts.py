"""Pieces that several property tables share: the head of every record, custom fields and links."""

from __future__ import annotations

from quickbooks_emulator.entities.properties import computed, flag, rows, text

NAME_BREAKERS = ":\t\n\r"

HEADER = (
    text("Id", 20),
    text("SyncToken", 20),
    flag("sparse"),
    *computed("domain", "MetaData", "status"),
)
CUSTOM_FIELD = rows(
    "CustomField",
    text("DefinitionId", 10),
    text("Name", 31),
    text("Type", 20),
    text("StringValue", 31),
)
LINKED = rows("LinkedTxn", text("TxnId", 20), text("TxnType", 30), *computed("TxnLineId"))
