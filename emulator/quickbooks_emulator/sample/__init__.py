"""The sample companies: a jewelry house with awkward but real records, and a second small one."""

from quickbooks_emulator.sample.builder import LOUPE_REALM, SECOND_REALM, seed_sample

__all__ = ["LOUPE_REALM", "SECOND_REALM", "seed_sample"]
