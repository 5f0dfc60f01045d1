"""Imports answers as QuickBooks returned them, so that a real company can be tried offline."""

from quickbooks_emulator.importing.start import ImportedCompany, ImportRefusedError, import_company

__all__ = ["ImportRefusedError", "ImportedCompany", "import_company"]
