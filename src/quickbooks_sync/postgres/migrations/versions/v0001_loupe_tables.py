"""Loupe Factory's operational tables, and the triggers that keep their `row_version`."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None

SCHEMA = "loupe"
MONEY = sa.Numeric(19, 2)
QUANTITY = sa.Numeric(21, 7)
TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and their triggers."""
    _create_customer()
    _create_inventory_item()
    _create_invoice()
    _create_payment()
    _create_invoice_line()
    _create_payment_application()
    _create_row_versions()
    _create_parent_versions()


def downgrade() -> None:
    """Refuse: the tables hold what operations rely on.

    Raises:
        NotImplementedError: Always.
    """
    raise NotImplementedError("Going back before 0001 would drop every table; restore a backup.")


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("customer_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("currency_code", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "currency_code ~ '^[A-Z]{3}$'", name=op.f("ck_customer_currency_code_iso")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer")),
        sa.UniqueConstraint(
            "organization_id", "customer_id", name=op.f("uq_customer_organization_id_customer_id")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_customer_organization_id_display_name",
        "customer",
        ["organization_id", sa.literal_column("lower(btrim(display_name))")],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_customer_organization_id_email",
        "customer",
        ["organization_id", sa.literal_column("lower(btrim(email))")],
        schema=SCHEMA,
    )


def _create_inventory_item() -> None:
    op.create_table(
        "inventory_item",
        sa.Column("inventory_item_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("item_name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tag_id", sa.Text(), nullable=True),
        sa.Column("item_type", sa.Text(), server_default=sa.text("'Finished'"), nullable=False),
        sa.Column("quantity", QUANTITY, server_default=sa.text("0"), nullable=False),
        sa.Column("weight", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("weight_unit", sa.Text(), nullable=True),
        sa.Column("sell_price", QUANTITY, nullable=True),
        sa.Column("cost_price", QUANTITY, nullable=True),
        sa.Column("price_basis", sa.Text(), server_default=sa.text("'piece'"), nullable=False),
        sa.Column("currency_code", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("btrim(tag_id) <> ''", name=op.f("ck_inventory_item_tag_id_not_blank")),
        sa.CheckConstraint(
            "currency_code ~ '^[A-Z]{3}$'", name=op.f("ck_inventory_item_currency_code_iso")
        ),
        sa.CheckConstraint(
            "price_basis in ('piece', 'carat', 'gram')",
            name=op.f("ck_inventory_item_price_basis_known"),
        ),
        sa.CheckConstraint(
            "char_length(tag_id) <= 50", name=op.f("ck_inventory_item_tag_id_length")
        ),
        sa.PrimaryKeyConstraint("inventory_item_id", name=op.f("pk_inventory_item")),
        sa.UniqueConstraint(
            "organization_id",
            "inventory_item_id",
            name=op.f("uq_inventory_item_organization_id_inventory_item_id"),
        ),
        sa.UniqueConstraint(
            "organization_id", "tag_id", name=op.f("uq_inventory_item_organization_id_tag_id")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_inventory_item_organization_id_item_name",
        "inventory_item",
        ["organization_id", sa.literal_column("lower(btrim(item_name))")],
        schema=SCHEMA,
    )


def _create_invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("invoice_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("sales_order_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("invoice_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("currency_code", sa.Text(), nullable=False),
        sa.Column("lifecycle_status", sa.Text(), server_default=sa.text("'Draft'"), nullable=False),
        sa.Column("payment_status", sa.Text(), server_default=sa.text("'Unpaid'"), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("tax_amount", MONEY, server_default=sa.text("0"), nullable=False),
        sa.Column("total_amount", MONEY, server_default=sa.text("0"), nullable=False),
        sa.Column("balance_amount", MONEY, server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "currency_code ~ '^[A-Z]{3}$'", name=op.f("ck_invoice_currency_code_iso")
        ),
        sa.CheckConstraint(
            "lifecycle_status in ('Draft', 'Finalised', 'Sent', 'Partially Paid', 'Paid', 'Overdue', 'Void')",
            name=op.f("ck_invoice_lifecycle_status_known"),
        ),
        sa.CheckConstraint(
            "payment_status in ('Unpaid', 'Partial', 'Paid')",
            name=op.f("ck_invoice_payment_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["loupe.customer.organization_id", "loupe.customer.customer_id"],
            name=op.f("fk_invoice_organization_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "organization_id", "invoice_id", name=op.f("uq_invoice_organization_id_invoice_id")
        ),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_invoice_customer_id"), "invoice", ["customer_id"], schema=SCHEMA)
    op.create_index(
        op.f("ix_invoice_organization_id_invoice_number"),
        "invoice",
        ["organization_id", "invoice_number"],
        schema=SCHEMA,
    )


def _create_payment() -> None:
    op.create_table(
        "payment",
        sa.Column("payment_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("currency_code", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("payment_kind", sa.Text(), server_default=sa.text("'payment'"), nullable=False),
        sa.Column("is_void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("unapplied_amount", MONEY, server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "currency_code ~ '^[A-Z]{3}$'", name=op.f("ck_payment_currency_code_iso")
        ),
        sa.CheckConstraint(
            "payment_kind in ('payment', 'credit_application')",
            name=op.f("ck_payment_payment_kind_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["organization_id", "customer_id"],
            ["loupe.customer.organization_id", "loupe.customer.customer_id"],
            name=op.f("fk_payment_organization_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "organization_id", "payment_id", name=op.f("uq_payment_organization_id_payment_id")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_payment_customer_id_payment_date"),
        "payment",
        ["customer_id", "payment_date"],
        schema=SCHEMA,
    )


def _create_invoice_line() -> None:
    op.create_table(
        "invoice_line",
        sa.Column("invoice_line_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("line_kind", sa.Text(), server_default=sa.text("'sales'"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", QUANTITY, nullable=True),
        sa.Column("unit_price", QUANTITY, nullable=True),
        sa.Column("amount", MONEY, nullable=True),
        sa.Column("is_taxable", sa.Boolean(), nullable=True),
        sa.Column("inventory_item_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "line_kind in ('sales', 'shipping', 'discount', 'description', 'group', 'subtotal')",
            name=op.f("ck_invoice_line_line_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "inventory_item_id"],
            ["loupe.inventory_item.organization_id", "loupe.inventory_item.inventory_item_id"],
            name=op.f("fk_invoice_line_organization_id_inventory_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["loupe.invoice.organization_id", "loupe.invoice.invoice_id"],
            name=op.f("fk_invoice_line_organization_id_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invoice_line_id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "invoice_id", "line_number", name=op.f("uq_invoice_line_invoice_id_line_number")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_invoice_line_inventory_item_id"),
        "invoice_line",
        ["inventory_item_id"],
        schema=SCHEMA,
    )


def _create_payment_application() -> None:
    op.create_table(
        "payment_application",
        sa.Column(
            "payment_application_id", sa.BigInteger(), sa.Identity(always=False), nullable=False
        ),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_application_amount_positive")),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["loupe.invoice.organization_id", "loupe.invoice.invoice_id"],
            name=op.f("fk_payment_application_organization_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "payment_id"],
            ["loupe.payment.organization_id", "loupe.payment.payment_id"],
            name=op.f("fk_payment_application_organization_id_payment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("payment_application_id", name=op.f("pk_payment_application")),
        sa.UniqueConstraint(
            "payment_id", "invoice_id", name=op.f("uq_payment_application_payment_id_invoice_id")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_payment_application_invoice_id"),
        "payment_application",
        ["invoice_id"],
        schema=SCHEMA,
    )


ROW_VERSIONED = ("customer", "inventory_item", "invoice", "payment")
PARENTS = {"invoice_line": "invoice", "payment_application": "payment"}


def _create_row_versions() -> None:
    """Each real change of a row raises its version, whoever makes it and whatever they set."""
    op.execute(f"""
        create function {SCHEMA}.raise_row_version() returns trigger language plpgsql as $$
        begin
            new.row_version := old.row_version + 1;
            new.updated_at := now();
            return new;
        end $$
    """)
    for table in ROW_VERSIONED:
        op.execute(f"""
            create trigger raise_row_version before update on {SCHEMA}.{table}
            for each row when (old.* is distinct from new.*)
            execute function {SCHEMA}.raise_row_version()
        """)


def _create_parent_versions() -> None:
    """A change of lines is a change of their invoice, of applications one of their payment.

    A parent whose version its own transaction raised already (or which it inserted) is left
    alone: others see both changes at once, and a bulk load doesn't write each parent twice. The
    row's `xmin` alone would not tell: an update that changes nothing renews it as well.
    """
    for child, parent in PARENTS.items():
        _create_parent_version(child, parent)


def _create_parent_version(child: str, parent: str) -> None:
    changed = {
        "insert": "select * from new_rows",
        "delete": "select * from old_rows",
        "update": "(select * from old_rows except select * from new_rows)"
        " union (select * from new_rows except select * from old_rows)",
    }
    tables = {
        "insert": "new table as new_rows",
        "delete": "old table as old_rows",
        "update": "old table as old_rows new table as new_rows",
    }
    for event, rows in changed.items():
        function = f"{SCHEMA}.raise_{parent}_version_on_{event}"
        op.execute(f"""
            create function {function}() returns trigger language plpgsql as $$
            begin
                update {SCHEMA}.{parent} set row_version = row_version + 1
                where {parent}_id in (select changed.{parent}_id from ({rows}) as changed)
                and not (xmin = pg_current_xact_id()::xid and updated_at = now());
                return null;
            end $$
        """)  # noqa: S608 - every name is a constant of this module
        op.execute(f"""
            create trigger raise_{parent}_version_on_{event}
            after {event} on {SCHEMA}.{child} referencing {tables[event]}
            for each statement execute function {function}()
        """)
