"""Credit memos, counts of stock, and the people who hold names that no customer can then have."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Count, Credit, Goods

# fmt: off
CREDITS = (
    # Open: nobody has used it yet.
    Credit("CM-2001", "Harbor Light Gallery", "2026-05-18", (
        Goods("Ring sizing", "1", "48.00", "Sized wrongly"),
    )),
    # Goods that came back; used up by a payment without money.
    Credit("CM-2002", "Verdant Gem Collective", "2026-09-01", (
        Goods("Black spinel bead strand", "2", "47.50", "Returned unopened"),
    )),
    Credit("CM-2003", "#1 Bead Shop", "2026-09-23", (
        Goods("Late fee", "", "25.00"),
    ), "2026-09-24"),
)
COUNTS = (
    Count("Sterling ear wires, pair", "2026-06-30", "-4", "Half-year count"),
)
VENDORS = ("Gemcutters' Guild of Jaipur", "Idar Lapidary Supplies")
EMPLOYEES = (("Rui", "Braga"), ("Noor", "Haddad"))
# fmt: on
