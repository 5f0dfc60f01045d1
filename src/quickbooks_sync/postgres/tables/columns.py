"""The metadata, the types, and the columns and checks that several tables have."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    func,
    text,
)

from quickbooks_sync.postgres.tables.words import (
    SYNC_SCHEMA,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Money = Numeric(19, 2)
Quantity = Numeric(21, 7)
Timestamp = DateTime(timezone=True)


def one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    """Check that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=name)


def not_blank(column: str) -> CheckConstraint:
    """Check that a text is neither empty nor blanks."""
    return CheckConstraint(f"btrim({column}) <> ''", name=f"{column}_not_blank")


def loupe_columns(key: str) -> list[Column]:  # type: ignore[type-arg]
    """The columns every operational table starts with."""
    return [
        Column(key, BigInteger, Identity(always=False), primary_key=True),
        Column("organization_id", BigInteger, nullable=False),
        Column("row_version", BigInteger, nullable=False, server_default=text("1")),
        Column("created_at", Timestamp, nullable=False, server_default=func.now()),
        Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
        Column("updated_by", Text),
    ]


def grant_columns() -> list[Column]:  # type: ignore[type-arg]
    """A grant's encrypted tokens, and when they end."""
    return [
        Column("access_token", LargeBinary, nullable=False),
        Column("refresh_token", LargeBinary, nullable=False),
        Column("access_expires_at", Timestamp, nullable=False),
        Column("refresh_expires_at", Timestamp, nullable=False),
        Column("refresh_hard_expires_at", Timestamp),
    ]


def realm(*, primary_key: bool = False) -> Column[str]:
    """The company that a row belongs to."""
    return Column(
        "realm_id",
        Text,
        ForeignKey(f"{SYNC_SCHEMA}.company.realm_id"),
        primary_key=primary_key,
        nullable=False,
    )


def run_id_column(*, primary_key: bool = False) -> Column[int]:
    """The run that a row belongs to, and is removed with."""
    return Column(
        "run_id",
        BigInteger,
        ForeignKey(f"{SYNC_SCHEMA}.run.run_id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )
