"""The payments of Loupe Gemstones Co. in 2026: the ordinary ones, then the awkward ones."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Receipt

# fmt: off
RECEIPTS = (
    Receipt("Bellini & Figli S.r.l.", "2026-02-08", "2000.84", "Visa", "VISA-4410", (("INV-0906", "2000.84"),)),
    Receipt("Pfeiffer Edelsteine GmbH", "2026-02-23", "25.00", "Check", "CHK-2008", (("INV-0902", "25.00"),)),
    Receipt("Chen's Bead Bar", "2026-02-25", "2341.24", "Cash", "", (("INV-0910", "2341.24"),)),
    Receipt("Smith, Jones & Partners", "2026-03-08", "76.50", "Cash", "", (("INV-0914", "76.50"),)),
    Receipt("Emerald Isle Crafts", "2026-03-09", "8508.15", "Cash", "", (("INV-0905", "8508.15"),)),
    Receipt("Ines Falk", "2026-03-09", "310.00", "Cash", "", (("INV-0908", "310.00"),)),
    Receipt("Aurora Fine Jewelry", "2026-04-02", "123.50", "Wire transfer", "WIRE-8618", (("INV-0912", "123.50"),)),
    Receipt("Marigold & Co. Goldsmiths", "2026-04-06", "3536.59", "Wire transfer", "WIRE-8621", (("INV-0921", "3536.59"),)),
    Receipt("Harbor Light Gallery", "2026-04-22", "73.95", "Visa", "VISA-4418", (("INV-0925", "73.95"),)),
    Receipt("Étoile Diamants SARL", "2026-04-24", "228.50", "Cash", "", (("INV-0917", "228.50"),)),
    Receipt("Dubois Frères", "2026-05-03", "5312.14", "Check", "CHK-2071", (("INV-0924", "5312.14"),)),
    Receipt("Marigold & Co. Goldsmiths", "2026-05-14", "190.00", "Visa", "VISA-4421", (("INV-0922", "190.00"),)),
    Receipt("Emerald Isle Crafts", "2026-05-16", "1371.00", "American Express", "AX-322", (("INV-0930", "1371.00"),)),
    Receipt("Anneliese Köhler", "2026-05-25", "723.60", "Check", "CHK-2092", (("INV-0932", "723.60"),)),
    Receipt("Pfeiffer Edelsteine GmbH", "2026-06-13", "2241.86", "Cash", "", (("INV-0928", "2241.86"),)),
    Receipt("Kusuma Gems Pte Ltd", "2026-06-27", "9835.91", "American Express", "AX-325", (("INV-0939", "9835.91"),)),
    Receipt("Bellini & Figli S.r.l.", "2026-06-29", "576.80", "American Express", "AX-326", (("INV-0935", "576.80"),)),
    Receipt("Goldberg & Daughters", "2026-07-02", "3466.05", "Visa", "VISA-4427", (("INV-0936", "3466.05"),)),
    Receipt("Fjord Silver AS", "2026-07-16", "494.54", "Check", "CHK-2127", (("INV-0937", "494.54"),)),
    Receipt("Verdant Gem Collective", "2026-07-19", "190.00", "Check", "CHK-2134", (("INV-0938", "190.00"),)),
    Receipt("Étoile Diamants SARL", "2026-08-06", "2148.45", "American Express", "AX-330", (("INV-0945", "2148.45"),)),
    Receipt("Nordwind Outfitters", "2026-08-21", "10427.60", "Cash", "", (("INV-0949", "10427.60"),)),
    Receipt("Quartz & Quill", "2026-09-09", "3815.06", "American Express", "AX-332", (("INV-0952", "3815.06"),)),
    Receipt("مجوهرات الواحة", "2026-09-12", "216.00", "Cash", "", (("INV-0954", "216.00"),)),
    Receipt("Verdant Gem Collective", "2026-09-21", "12378.65", "American Express", "AX-334", (("INV-0953", "12378.65"),)),
    Receipt("周大福珠宝行", "2026-09-21", "600.30", "Check", "CHK-2176", (("INV-0958", "600.30"),)),
    Receipt("Emerald Isle Crafts", "2026-09-22", "4309.80", "Wire transfer", "WIRE-8678", (("INV-0955", "4309.80"),)),
    Receipt("Wildflower Metalworks", "2026-09-28", "906.66", "Cash", "", (("INV-0957", "906.66"),)),
    Receipt("Kusuma Gems Pte Ltd", "2026-09-29", "12235.65", "Cash", "", (("INV-0963", "12235.65"),)),
    Receipt("Bellini & Figli S.r.l.", "2026-10-13", "2015.36", "Visa", "VISA-4439", (("INV-0961", "2015.36"),)),
    Receipt("Björk & Søn Guldsmedje", "2026-10-20", "1270.91", "American Express", "AX-340", (("INV-0966", "1270.91"),)),
    Receipt("O'Brien Diamonds", "2026-10-24", "406.25", "Wire transfer", "WIRE-8693", (("INV-0965", "406.25"),), deposited="2026-10-26"),
    Receipt("Casa Peñalver Joyeros", "2026-10-25", "12171.60", "Visa", "VISA-4442", (("INV-0967", "12171.60"),)),
    Receipt("D'Angelo & Fils", "2026-11-06", "748.80", "Wire transfer", "WIRE-8699", (("INV-0964", "748.80"),), deposited="2026-11-09"),
    Receipt("Nordwind Outfitters", "2026-11-08", "192.50", "Wire transfer", "WIRE-8702", (("INV-0974", "192.50"),)),
    Receipt("Tide Pool Studio", "2026-11-10", "312.50", "Check", "CHK-2246", (("INV-0973", "312.50"),)),
    Receipt("Saffron House Jewellers", "2026-11-17", "605.00", "Wire transfer", "WIRE-8708", (("INV-0971", "605.00"),)),
    Receipt("Ines Falk", "2026-11-18", "248.00", "Check", "CHK-2260", (("INV-0970", "248.00"),)),
    # Two that Loupe Factory knows as well.
    Receipt("Bellini & Figli S.r.l.", "2026-09-01", "1000.00", "Wire transfer", "WIRE-8841",
            (("INV-1002", "1000.00"),)),
    Receipt("Kusuma Gems Pte Ltd", "2026-09-10", "780.00", "Check", "CHK-2210",
            (("INV-1003", "780.00"),)),
    # One cheque over three invoices.
    Receipt("Old Quarter Antiques", "2026-05-29", "1384.60", "Check", "CHK-77",
            (("INV-0980", "412.50"), ("INV-0981", "96.10"), ("INV-0982", "876.00"))),
    # Partly unapplied: the customer rounded up.
    Receipt("Quartz & Quill", "2026-07-20", "200.00", "Cash", "", (("INV-0983", "174.69"),),
            "Keep the rest for next time"),
    # More than the invoice's balance was written into the line.
    Receipt("Tide Pool Studio", "2026-08-28", "60.00", "Visa", "VISA-5177",
            (("INV-0985", "60.00"),)),
    # Money on account, not for any invoice.
    Receipt("Jaipur Stone House", "2026-10-05", "2500.00", "Wire transfer",
            "SWIFT-REF-0012345-XYZ", (), "Advance for the December parcel"),
    # Bounced.
    Receipt("Verdant Gem Collective", "2026-10-12", "455.00", "Check", "CHK-1044",
            (("INV-0988", "455.00"),), "", "2026-10-19"),
    # Two payments of the same size on the same day for one invoice.
    Receipt("Marigold & Co. Goldsmiths", "2026-11-02", "150.00", "Cash", "",
            (("INV-0989", "150.00"),)),
    Receipt("Marigold & Co. Goldsmiths", "2026-11-02", "150.00", "Cash", "",
            (("INV-0989", "150.00"),)),
    # Paid in a period that is closed by now.
    Receipt("Harbor Light Gallery", "2026-01-05", "165.00", "Check", "CHK-1891",
            (("INV-0802", "165.00"),), extra={"TxnDate": "2024-12-19"}),
    # A parent pays for its sub-customer.
    Receipt("Nordwind Outfitters", "2026-11-17", "96.00", "Wire transfer", "WIRE-8711",
            (("INV-0993", "96.00"),)),
    # No money: it only links a credit memo to an invoice.
    Receipt("Verdant Gem Collective", "2026-09-02", "0", "", "", (("INV-0947", "95.00"),),
            "Created by QB Online to link credits to charges.",
            credits=(("CM-2002", "95.00"),)),
)
# fmt: on
