"""Invoices have payment terms, and the company's list of terms is kept beside its payment methods."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

REFERENCES = "'CompanyInfo', 'Preferences', 'Account', 'Item', 'PaymentMethod'"
TERMS = "'Due on Receipt', 'Prepaid', 'Net 15', 'Net 30', 'Net 45', 'Net 60'"


def upgrade() -> None:
    """Add the terms; the next pull of invoices reads every one once and fills them."""
    op.add_column("invoice", sa.Column("payment_terms", sa.Text()), schema="loupe")
    op.create_check_constraint(
        op.f("ck_invoice_payment_terms_known"),
        "invoice",
        f"payment_terms in ({TERMS})",
        schema="loupe",
    )
    _constrain(f"{REFERENCES}, 'Term'")


def downgrade() -> None:
    """Forget the terms of invoices, and the lists of terms."""
    op.execute("delete from quickbooks_sync.company_reference where name = 'Term'")
    _constrain(REFERENCES)
    op.drop_column("invoice", "payment_terms", schema="loupe")


def _constrain(listed: str) -> None:
    name, schema = op.f("ck_company_reference_name_known"), "quickbooks_sync"
    op.drop_constraint(name, "company_reference", schema=schema, type_="check")
    op.create_check_constraint(name, "company_reference", f"name in ({listed})", schema=schema)
