"""A company's settings: proposed from its own books, confirmed by a person, read by every flow."""

from quickbooks_sync.settings.company import (
    CompanySettings,
    read_settings,
    read_settings_as_proposed,
)
from quickbooks_sync.settings.company_profile import Reference, ensure_reference, read_reference
from quickbooks_sync.settings.confirmation import confirm_settings, parse_setting
from quickbooks_sync.settings.known import COMPOSE, FACTS, SETTINGS, Setting
from quickbooks_sync.settings.proposals import Proposal, build_proposals, propose_settings

__all__ = [
    "COMPOSE",
    "FACTS",
    "SETTINGS",
    "CompanySettings",
    "Proposal",
    "Reference",
    "Setting",
    "build_proposals",
    "confirm_settings",
    "ensure_reference",
    "parse_setting",
    "propose_settings",
    "read_reference",
    "read_settings",
    "read_settings_as_proposed",
]
