"""What may be edited, on which side, and how often."""

import random
from collections.abc import Callable

from tests.chaos import loupe_edits, quickbooks_credits, quickbooks_edits
from tests.chaos.company import Company

Edit = Callable[[Company, random.Random], str | None]

LOUPE: dict[Edit, int] = {
    loupe_edits.add_customer: 6,
    loupe_edits.edit_customer: 9,
    loupe_edits.toggle_customer: 2,
    loupe_edits.note_customer: 1,
    loupe_edits.remove_customer: 1,
    loupe_edits.add_invoice: 9,
    loupe_edits.finalise_invoice: 2,
    loupe_edits.edit_invoice: 5,
    loupe_edits.edit_lines: 4,
    loupe_edits.void_invoice: 2,
    loupe_edits.remove_invoice: 1,
    loupe_edits.add_payment: 8,
    loupe_edits.edit_payment: 4,
    loupe_edits.edit_amount: 1,
    loupe_edits.void_payment: 2,
    loupe_edits.add_item: 4,
    loupe_edits.edit_item: 6,
}

QUICKBOOKS: dict[Edit, int] = {
    quickbooks_edits.add_customer: 5,
    quickbooks_edits.edit_customer: 9,
    quickbooks_edits.toggle_customer: 2,
    quickbooks_edits.add_invoice: 6,
    quickbooks_edits.edit_invoice: 7,
    quickbooks_edits.void_invoice: 2,
    quickbooks_edits.delete_invoice: 1,
    quickbooks_edits.add_payment: 7,
    quickbooks_edits.edit_payment: 4,
    quickbooks_edits.void_payment: 1,
    quickbooks_edits.delete_payment: 1,
    quickbooks_edits.add_item: 3,
    quickbooks_edits.edit_item: 4,
    quickbooks_credits.enter_memo: 2,
    quickbooks_credits.apply_memo: 3,
    quickbooks_credits.undo_memo: 1,
    quickbooks_credits.undo_application: 1,
}
