"""Invoices that Loupe Factory knows as well, and the ones that break careless code."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Bundle, Discount, Goods, Sale, Shipping, Text

# fmt: off
SHARED_SALES = (
    Sale("INV-1001", "Aurora Fine Jewelry", "2026-08-03", "2026-09-02", (
        Goods("Sales", "1", "1250.00", "Round Diamond 0.50 ct"),
    )),
    Sale("INV-1002", "Bellini & Figli S.r.l.", "2026-08-10", "2026-09-09", (
        Goods("Sales", "15", "87.50", "Aquamarine oval 7x5 mm"),
        Goods("Sales", "2", "1050.00", "Pear Tanzanite 2.10 ct"),
    )),
    Sale("INV-1003", "Kusuma Gems Pte Ltd", "2026-08-17", "2026-09-16", (
        Goods("Sales", "12", "65.00", "Opal cabochon parcel"),
    )),
)

AWKWARD_SALES = (
    # Of a period that is closed by now, brought in when the company was opened.
    Sale("INV-0801", "Nordwind Outfitters", "2026-01-05", "2024-12-14", (
        Goods("Appraisal", "2", "120.00"),
    ), "", {"TxnDate": "2024-11-14"}),
    Sale("INV-0802", "Harbor Light Gallery", "2026-01-05", "2024-12-20", (
        Goods("Pearl restringing", "3", "55.00"),
    ), "", {"TxnDate": "2024-12-05"}),
    # Three of a customer who is inactive by now, paid with one cheque.
    Sale("INV-0980", "Old Quarter Antiques", "2026-03-02", "2026-04-01", (
        Goods("Appraisal", "3.4375", "120.00", "Estate of the late Mrs. Thibodeaux"),
    )),
    Sale("INV-0981", "Old Quarter Antiques", "2026-03-30", "2026-04-29", (
        Goods("Pearl restringing", "1", "55.00"), Goods("Gift wrapping", "1", "4.50"),
        Goods("Late fee", "", "36.60"),
    )),
    Sale("INV-0982", "Old Quarter Antiques", "2026-05-04", "2026-06-03", (
        Goods("Sales", "", "876.00", "Silver tea service, repaired"),
    )),
    # Discount by percentage, shipping, and a line of text: 174.69 in all.
    Sale("INV-0983", "Quartz & Quill", "2026-06-18", "", (
        Text("Spring collection, order 7781"),
        Goods("Bezel cup 5 mm", "24", "6.15"), Goods("Lobster clasp 10 mm", "3", "11.40"),
        Discount(percent="10"), Shipping("11.07"),
    )),
    # Discount by amount; carats whose product ends on half a cent.
    Sale("INV-0984", "Saffron House Jewellers", "2026-07-06", "2026-08-05", (
        Goods("Natural sapphire, per carat", "1.375", "1420.00"),
        Goods("Sales", "128.35", "14.50", "Melee, mixed, by weight"),
        Discount(amount="50.00"),
    )),
    Sale("INV-0985", "Tide Pool Studio", "2026-08-14", "2026-08-14", (
        Goods("Sterling ear wires, pair", "13", "3.85"), Text("Subtotal:"),
        Text("Pick-up by Jo — “after 5 pm”"),
    )),
    # Voided after a mistake; the note stays.
    Sale("INV-0986", "Wildflower Metalworks", "2026-09-03", "2026-10-03", (
        Goods("Casting", "4", "72.00"),
    ), "2026-09-04"),
    Sale("INV-0987", "#1 Bead Shop", "2026-09-21", "2026-10-21", (
        Goods("Black spinel bead strand", "2", "47.50"),
    ), "2026-09-22", {"PrivateNote": "Wrong customer"}),
    Sale("INV-0988", "Verdant Gem Collective", "2026-09-28", "2026-10-28", (
        Goods("CAD modelling, per hour", "5", "85.00"), Goods("Late fee", "", "30.00"),
    ), "", {"CustomerMemo": {"value": "Files follow by e-mail.\nThank you!"}}),
    Sale("INV-0989", "Marigold & Co. Goldsmiths", "2026-10-08", "2026-11-07", (
        Goods("Tennis bracelet blank 18 cm", "1", "310.00"),
    )),
    # Without a number, which a company with custom numbers allows.
    Sale("", "Walter No-Company", "2026-10-14", "", (Goods("Appraisal", "1", "120.00"),)),
    # Nothing to pay, yet not voided.
    Sale("INV-0990", "Gem Fair Walk-In", "2026-10-20", "2026-10-20", (
        Goods("Consultation", "1", "0"),
    )),
    # A number that is as long as a number can be.
    Sale("FAIR/2026-11/000001-B", "Nordwind Flagship Store", "2026-11-12", "2026-12-27", (
        Goods("Sales", "", "145.00", "Cable chain, display model"),
    )),
    # Seven decimals of price, and a quantity below one.
    Sale("INV-0991", "Idar Goldschmiede", "2026-11-16", "2027-01-15", (
        Goods("Rough chrysoprase lot", "250.5", "1.2345678"),
        Goods("Melee diamonds F-G VS, per carat", "0.045", "640.00"),
    )),
    # A bundle, which becomes the lines of its parts.
    Sale("INV-0992", "Wildflower Metalworks", "2026-11-13", "2026-12-13", (
        Bundle("Bench starter kit", "2"), Shipping("8.90"),
    )),
    # Of a sub-customer two levels down, paid by the customer at the top.
    Sale("INV-0993", "Nordwind Repair Desk", "2026-11-09", "2026-12-09", (
        Goods("Ring sizing", "2", "48.00"),
    )),
)
# fmt: on
