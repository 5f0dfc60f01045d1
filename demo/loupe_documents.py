"""The sample organization's invoices and payments, as data; the first three invoices are in QuickBooks as well."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SampleInvoice:
    """One invoice; its total is what its lines come to unless `total` says otherwise.

    A line is (description, quantity, unit price) or (description, kind, amount).
    """

    number: str
    customer: str
    date: str
    due: str
    lifecycle: str
    lines: Sequence[tuple[str, str, str]]
    total: str | None = None
    currency: str = "USD"
    void_reason: str | None = None
    terms: str | None = None


@dataclass(frozen=True)
class SamplePayment:
    """One payment; `applied` holds (invoice number, amount)."""

    customer: str
    date: str
    amount: str
    method: str
    reference: str | None
    applied: Sequence[tuple[str, str]]


INVOICES: Sequence[SampleInvoice] = (
    SampleInvoice(
        "INV-1001",
        "Aurora Fine Jewelry",
        "2026-08-03",
        "2026-09-02",
        "Overdue",
        [("Round Diamond 0.50 ct", "1", "1250.00")],
        terms="Net 30",
    ),
    SampleInvoice(
        "INV-1002",
        "Bellini & Figli S.r.l.",
        "2026-08-10",
        "2026-09-09",
        "Overdue",
        [("Aquamarine oval 7x5 mm", "15", "87.50"), ("Pear Tanzanite 2.10 ct", "2", "1050.00")],
        terms="Net 30",
    ),
    SampleInvoice(
        "INV-1003",
        "Kusuma Gems Pte Ltd",
        "2026-08-17",
        "2026-09-16",
        "Paid",
        [("Opal cabochon parcel", "12", "65.00")],
    ),
    SampleInvoice(
        "INV-2001",
        "Aurora Fine Jewelry",
        "2026-09-21",
        "2026-10-21",
        "Paid",
        [("Sapphire cushion 1.20 ct", "2", "980.00")],
        terms="Net 30",
    ),
    SampleInvoice(
        "INV-2002",
        "D'Angelo & Fils",
        "2026-09-24",
        "2026-10-24",
        "Overdue",
        [("Ruby round 4 mm", "6", "212.00"), ("Garnet cabochon 6 mm", "48", "14.25")],
        terms="Net 30",
    ),
    SampleInvoice(
        "INV-2003",
        "Étoile Diamants SARL",
        "2026-09-28",
        "2026-11-27",
        "Sent",
        [("Émeraude ovale 0.85 ct", "1", "1430.00"), ("Certificat", "description", "")],
        terms="Net 60",
    ),
    SampleInvoice(
        "INV-2004",
        "Marigold & Co. Goldsmiths",
        "2026-10-01",
        "2026-10-31",
        "Draft",
        [("Signet ring, sterling", "10", "165.00")],
    ),
    SampleInvoice(
        "INV-2005",
        "Ágnes Kovács Ékszerház",
        "2026-10-02",
        "2026-11-01",
        "Partially Paid",
        [("Akoya pearl 7.5 mm", "24", "54.00"), ("Akoya pearl strand 45 cm", "1", "1180.00")],
    ),
    SampleInvoice(
        "INV-2006",
        "O'Brien & Daughters",
        "2026-10-05",
        "2026-12-04",
        "Finalised",
        [("Stud earrings, 14k, 0.25 ct", "4", "385.00")],
    ),
    SampleInvoice(
        "INV-2007",
        "Søren Lind Smykker",
        "2026-10-06",
        "2026-10-06",
        "Paid",
        [("Moonstone, loose, 3.275 ct at 41.80", "3.275", "41.80")],
        terms="Due on Receipt",
    ),
    SampleInvoice(
        "INV-2008",
        "Fernanda Gonçalves",
        "2026-10-07",
        "2026-11-06",
        "Overdue",
        [("Pendant, 18k, aquamarine", "1", "720.00")],
    ),
    SampleInvoice(
        "INV-2009",
        "Blue Hour Gallery",
        "2026-10-09",
        "2026-11-08",
        "Overdue",
        [("Boulder opal 12.5 ct", "1", "890.00"), ("Insured courier", "shipping", "35.00")],
    ),
    SampleInvoice(
        "INV-2010",
        "Maison Lumière",
        "2026-10-12",
        "2026-12-11",
        "Sent",
        [("Tennis bracelet 3.00 ct", "1", "4150.00")],
        terms="Net 60",
    ),
    SampleInvoice(
        "INV-2011",
        "Harbour Lane Jewellers",
        "2026-10-13",
        "2026-11-12",
        "Paid",
        [("Drop earrings, moonstone", "3", "268.00")],
        terms="Prepaid",
    ),
    SampleInvoice(
        "INV-2012",
        "Harbour Lane Jewellers",
        "2026-10-14",
        "2026-11-13",
        "Paid",
        [("Signet ring, sterling", "2", "165.00"), ("Engraving", "2", "22.50")],
    ),
    SampleInvoice(
        "INV-2013",
        "Lakshmi Gem Exports",
        "2026-10-15",
        "2026-11-29",
        "Sent",
        [("Sapphire calibrated 3 mm", "60", "38.75")],
        terms="Net 45",
    ),
    SampleInvoice(
        "INV-2014",
        "Prairie Goldsmiths",
        "2026-10-16",
        "2026-11-15",
        "Overdue",
        [("Spinel pear 1.05 ct", "2", "465.00")],
    ),
    SampleInvoice(
        "INV-2015",
        "Takahashi Pearl Co.",
        "2026-10-19",
        "2026-12-18",
        "Finalised",
        [("Stone setting, akoya, 16 pieces", "16", "12.00")],
    ),
    SampleInvoice(
        "INV-2016",
        "Nordwind Outfitters",
        "2026-10-20",
        "2026-11-19",
        "Draft",
        [("Cable chain 45 cm", "6", "145.00")],
    ),
    SampleInvoice(
        "INV-2017",
        "Nordwind Outfitters",
        "2026-10-21",
        "2026-11-20",
        "Paid",
        [("Cable chain 45 cm", "8", "145.00")],
    ),
    SampleInvoice(
        "INV-2018",
        "Saffron House Jewellers",
        "2026-10-22",
        "2026-12-21",
        "Sent",
        [("Eternity band, platinum", "1", "1890.00"), ("Trade discount", "discount", "94.50")],
    ),
    SampleInvoice(
        "INV-2019",
        "Saffron House Jewellers",
        "2026-10-23",
        "2026-12-22",
        "Finalised",
        [("Ruby round 4 mm", "3", "212.00"), ("Spinel pear 1.05 ct", "1", "465.00")],
        total="1110.00",
    ),
    SampleInvoice(
        "INV-2020",
        "Tanzanite Row LLC",
        "2026-10-26",
        "2026-11-25",
        "Partially Paid",
        [
            ("Pear Tanzanite 2.10 ct", "2", "1050.00"),
            ("Tourmaline bi-colour 3.40 ct", "1", "640.00"),
        ],
    ),
    SampleInvoice(
        "INV-2021",
        "Zirkonia Werkstatt GmbH",
        "2026-10-27",
        "2026-11-26",
        "Sent",
        [("Sapphire calibrated 3 mm", "20", "35.00")],
        currency="EUR",
    ),
    SampleInvoice(
        "INV-2022",
        "Marigold & Co. Goldsmiths",
        "2026-10-28",
        "2026-11-27",
        "Void",
        [("Solitaire ring 18k", "1", "2400.00")],
        void_reason="Customer cancelled before delivery",
    ),
    SampleInvoice(
        "INV-2023",
        "Opal Ridge Trading",
        "2026-10-29",
        "2026-11-28",
        "Sent",
        [("Opal cabochon parcel", "30", "65.00")],
    ),
    SampleInvoice(
        "INV-2024",
        "Bellini & Figli S.r.l.",
        "2026-11-02",
        "2026-12-02",
        "Paid",
        [("Garnet cabochon 6 mm", "120", "14.25")],
    ),
    SampleInvoice(
        "INV-2025",
        "Kusuma Gems Pte Ltd",
        "2026-11-04",
        "2026-12-04",
        "Paid",
        [("Opal cabochon parcel", "20", "65.00")],
    ),
    SampleInvoice(
        "INV-2026",
        "Étoile Diamants SARL",
        "2026-11-09",
        "2027-01-08",
        "Sent",
        [("Diamant taille brillant 0,333 ct", "0.333", "2875.5")],
    ),
    SampleInvoice(
        "INV-2027",
        "Aurora Fine Jewelry",
        "2026-11-16",
        "2026-12-16",
        "Finalised",
        [("Stud earrings, 14k, 0.25 ct", "2", "385.00")],
        terms="Net 30",
    ),
)

PAYMENTS: Sequence[SamplePayment] = (
    # The first two are in QuickBooks as well.
    SamplePayment(
        "Bellini & Figli S.r.l.",
        "2026-09-01",
        "1000.00",
        "Wire",
        "WIRE-8841",
        [("INV-1002", "1000.00")],
    ),
    SamplePayment(
        "Kusuma Gems Pte Ltd", "2026-09-10", "780.00", "Check", "CHK-2210", [("INV-1003", "780.00")]
    ),
    SamplePayment(
        "Aurora Fine Jewelry", "2026-10-12", "1960.00", "Wire", "W-30117", [("INV-2001", "1960.00")]
    ),
    SamplePayment(
        "Ágnes Kovács Ékszerház", "2026-10-20", "800.00", "Card", None, [("INV-2005", "800.00")]
    ),
    SamplePayment(
        "Ágnes Kovács Ékszerház", "2026-11-03", "400.00", "Card", None, [("INV-2005", "400.00")]
    ),
    SamplePayment(
        "Søren Lind Smykker", "2026-10-06", "136.90", "Cash", None, [("INV-2007", "136.90")]
    ),
    SamplePayment(
        "Harbour Lane Jewellers",
        "2026-10-30",
        "1179.00",
        "Check",
        "004417",
        [("INV-2011", "804.00"), ("INV-2012", "375.00")],
    ),
    SamplePayment(
        "Nordwind Outfitters", "2026-11-06", "1160.00", "Wire", "W-30188", [("INV-2017", "1160.00")]
    ),
    SamplePayment(
        "Tanzanite Row LLC", "2026-11-05", "1370.00", "Check", "1029", [("INV-2020", "1370.00")]
    ),
    SamplePayment(
        "Tanzanite Row LLC", "2026-11-12", "500.00", "Check", "1030", [("INV-2020", "500.00")]
    ),
    SamplePayment(
        "Bellini & Figli S.r.l.",
        "2026-11-10",
        "1710.00",
        "Wire",
        "WIRE-9120",
        [("INV-2024", "1710.00")],
    ),
    SamplePayment(
        "Kusuma Gems Pte Ltd", "2026-11-11", "650.00", "Check", "CHK-2301", [("INV-2025", "650.00")]
    ),
    SamplePayment(
        "Kusuma Gems Pte Ltd", "2026-11-18", "650.00", "Check", "CHK-2302", [("INV-2025", "650.00")]
    ),
    SamplePayment("Maison Lumière", "2026-11-13", "1000.00", "Wire", "SWIFT-7715", []),
)
