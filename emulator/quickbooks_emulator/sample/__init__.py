"""The sample companies: a jewelry house with awkward but real records, and two small ones."""

from quickbooks_emulator.sample.builder import ATELIER_REALM, LOUPE_REALM, SECOND_REALM, seed_sample

__all__ = ["ATELIER_REALM", "LOUPE_REALM", "SECOND_REALM", "seed_sample"]
