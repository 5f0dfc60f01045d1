"""What a transformation asks of a company's settings, whoever keeps them."""

from typing import Protocol


class Settings(Protocol):
    """The settings that decide how values look; `quickbooks_sync.settings.CompanySettings` has them."""

    @property
    def tax(self) -> str:
        """How sales tax is pushed: `none` or `total_tax`."""

    @property
    def stock_owner(self) -> str | None:
        """Side that owns stock quantities: `loupe` or `quickbooks`."""

    @property
    def invoice_line_item(self) -> str | None:
        """Id of the item that new invoice lines are sold as."""

    @property
    def discount_account(self) -> str | None:
        """Id of the account that discounts on new invoices post to."""

    @property
    def allow_discount(self) -> bool | None:
        """Whether invoices may carry a discount line; `None` while it is not known."""

    @property
    def allow_shipping(self) -> bool | None:
        """Whether invoices may carry a shipping line; `None` while it is not known."""

    def value_of(self, name: str) -> str | None:
        """Return the text of the setting that a mapping names in `default_setting`."""
