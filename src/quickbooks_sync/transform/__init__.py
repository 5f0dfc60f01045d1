"""From records and rows to canonical values and back: data and a mapping in, new data out."""

from quickbooks_sync.transform.canonical import comparable, folded, to_date, to_decimal
from quickbooks_sync.transform.frames import values_to_frame
from quickbooks_sync.transform.loupe_side import rows_to_values, values_to_row
from quickbooks_sync.transform.model import Transformed, frame_to_values
from quickbooks_sync.transform.payloads import values_to_payload
from quickbooks_sync.transform.quickbooks_side import answers_to_values, records_to_values
from quickbooks_sync.transform.whole import find_lacking

__all__ = [
    "Transformed",
    "answers_to_values",
    "comparable",
    "find_lacking",
    "folded",
    "frame_to_values",
    "records_to_values",
    "rows_to_values",
    "to_date",
    "to_decimal",
    "values_to_frame",
    "values_to_payload",
    "values_to_row",
]
