"""Payment methods are kept beside the company's accounts and items."""

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None

NAME = "ck_company_reference_name_known"


def upgrade() -> None:
    """Let the table hold the list of payment methods."""
    _constrain("'CompanyInfo', 'Preferences', 'Account', 'Item', 'PaymentMethod'")


def downgrade() -> None:
    """Forget the lists of payment methods."""
    op.execute("delete from quickbooks_sync.company_reference where name = 'PaymentMethod'")
    _constrain("'CompanyInfo', 'Preferences', 'Account', 'Item'")


def _constrain(listed: str) -> None:
    op.drop_constraint(op.f(NAME), "company_reference", schema="quickbooks_sync", type_="check")
    op.create_check_constraint(
        op.f(NAME), "company_reference", f"name in ({listed})", schema="quickbooks_sync"
    )
