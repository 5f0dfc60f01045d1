"""Makes companies of the jewelry trade of any size, the same for the same seed."""

from quickbooks_emulator.generator.character import Character, Sizes
from quickbooks_emulator.generator.plan import Plan
from quickbooks_emulator.generator.start import GeneratedCompany, generate_company

__all__ = ["Character", "GeneratedCompany", "Plan", "Sizes", "generate_company"]
