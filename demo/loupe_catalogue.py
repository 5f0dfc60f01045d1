"""The sample organization's customers and items, as data.

Some are also in the emulator's sample company, so that a first sync has something to recognise; the others are new to
QuickBooks. A few of the sample's records cannot be pushed, each for one reason: a customer without a name of any kind,
one whose email contradicts QuickBooks', an item priced per carat, drafts, an invoice whose lines do not add up, one in
a currency that the company does not keep, a void one that QuickBooks never saw, and one whose customer is in conflict.
"""

from collections.abc import Mapping, Sequence
from typing import Any

CUSTOMERS: Sequence[Mapping[str, Any]] = (
    # Known to QuickBooks as well; what is absent here, the first pull fills in.
    {
        "display_name": "Aurora Fine Jewelry",
        "email": "buying@aurorafine.example",
        "city": "Portland",
    },
    {
        "display_name": "Bellini & Figli S.r.l.",
        "email": "ordini@bellini.example",
        "city": "Vicenza",
    },
    {"display_name": "D'Angelo & Fils", "email": "achats@dangelo.example", "city": "Lyon"},
    {"display_name": "Étoile Diamants SARL", "email": "contact@etoile.example", "city": "Paris"},
    {"display_name": "Kusuma Gems Pte Ltd", "email": "accounts@kusumagems.example"},
    {
        "display_name": "Marigold & Co. Goldsmiths",
        "email": "office@marigold.example",
        "city": "Denver",
    },
    {"display_name": "Nordwind Outfitters", "email": "ap@nordwind.example", "city": "Seattle"},
    {"display_name": "Opal Ridge Trading", "email": "orders@opalridge-trading.example"},
    {"display_name": "Saffron House Jewellers", "email": "billing@saffronhouse.example"},
    {"display_name": "Tanzanite Row LLC", "email": "ap@tanzaniterow.example", "city": "New York"},
    # Known to Loupe Factory alone.
    {
        "display_name": "Ágnes Kovács Ékszerház",
        "first_name": "Ágnes",
        "last_name": "Kovács",
        "company_name": "Kovács Ékszerház Kft.",
        "email": "iroda@kovacs-ekszer.example",
        "phone": "+36 1 555 0142",
        "street": "Váci utca 14",
        "city": "Budapest",
        "country": "Hungary",
        "postal_code": "1052",
    },
    {
        "display_name": "O'Brien & Daughters",
        "company_name": "O'Brien & Daughters Jewellers",
        "email": "accounts@obrien-daughters.example",
        "phone": "+353 1 555 0119",
        "street": "27 South William Street",
        "city": "Dublin",
        "country": "Ireland",
        "postal_code": "D02 KF84",
    },
    {
        "display_name": "Søren Lind Smykker",
        "first_name": "Søren",
        "last_name": "Lind",
        "email": "soren@lind-smykker.example",
        "city": "København",
        "country": "Denmark",
        "postal_code": "1123",
    },
    {
        "first_name": "Fernanda",
        "last_name": "Gonçalves",
        "email": "fernanda@goncalves.example",
        "phone": "+351 21 555 0187",
        "city": "Lisboa",
        "country": "Portugal",
    },
    {
        "company_name": "Blue Hour Gallery",
        "email": "hello@bluehour.example",
        "street": "611 Canyon Road",
        "city": "Santa Fe",
        "country": "US",
        "postal_code": "87501",
        "website": "https://bluehour.example",
    },
    {
        "display_name": "Maison Lumière",
        "email": "compta@maison-lumiere.example",
        "street": "8 rue de la Paix",
        "city": "Genève",
        "country": "Switzerland",
        "postal_code": "1201",
    },
    {
        "display_name": "Harbour Lane Jewellers",
        "company_name": "Harbour Lane Jewellers Ltd",
        "email": "orders@harbourlane.example",
        "phone": "+44 117 555 0133",
        "city": "Bristol",
        "country": "United Kingdom",
        "postal_code": "BS1 4RW",
    },
    {
        "display_name": "Zirkonia Werkstatt GmbH",
        "email": "buchhaltung@zirkonia.example",
        "city": "Köln",
        "country": "Germany",
        "postal_code": "50667",
    },
    {
        "display_name": "Lakshmi Gem Exports",
        "email": "sales@lakshmigems.example",
        "street": "Johari Bazaar 112",
        "city": "Jaipur",
        "country": "India",
        "postal_code": "302003",
    },
    {
        "display_name": "Prairie Goldsmiths",
        "email": "studio@prairiegold.example",
        "city": "Omaha",
        "country": "US",
        "postal_code": "68102",
    },
    {
        "display_name": "Takahashi Pearl Co.",
        "email": "info@takahashi-pearl.example",
        "city": "Kobe",
    },
    {"email": "walk-in@loupegemstones.example", "notes": "Trade fair visitor, name to be asked"},
)

ITEMS: Sequence[tuple[str | None, str, str, str, str]] = (
    # Tag ID, name, sell price, cost price, quantity; the first six are in QuickBooks as well.
    ("LF-AQUA0054", "Aquamarine oval 7x5 mm", "87.50", "41.00", "5"),
    ("GEMDIA0001", "Round Diamond 0.50 ct", "1250.00", "820.00", "3"),
    ("LF-TANZ0007", "Pear Tanzanite 2.10 ct", "1050.00", "640.00", "4"),
    ("LF-OPAL0012", "Opal cabochon parcel", "65.00", "28.00", "120"),
    ("LF-RING0003", "Solitaire ring 18k", "2400.00", "1310.00", "2"),
    ("LF-CHAIN001", "Cable chain 45 cm", "145.00", "62.00", "30"),
    ("GEMSAP0001", "Sapphire cushion 1.20 ct", "980.00", "610.00", "6"),
    ("GEMSAP0002", "Sapphire calibrated 3 mm", "38.75", "17.20", "84"),
    ("GEMEME0001", "Émeraude ovale 0.85 ct", "1430.00", "905.50", "2"),
    ("GEMRUB0001", "Ruby round 4 mm", "212.00", "128.00", "18"),
    ("GEMSPI0001", "Spinel pear 1.05 ct", "465.00", "270.00", "7"),
    ("GEMTOU0004", "Tourmaline bi-colour 3.40 ct", "640.00", "352.00", "3"),
    ("GEMGAR0002", "Garnet cabochon 6 mm", "14.25", "5.10", "240"),
    ("GEMPRL0001", "Akoya pearl 7.5 mm", "54.00", "26.00", "65"),
    ("GEMPRL0002", "Akoya pearl strand 45 cm", "1180.00", "690.00", "4"),
    ("JEWEAR0001", "Stud earrings, 14k, 0.25 ct", "385.00", "198.00", "12"),
    ("JEWEAR0002", "Drop earrings, moonstone", "268.00", "121.00", "9"),
    ("JEWPEN0001", "Pendant, 18k, aquamarine", "720.00", "384.00", "5"),
    ("JEWBRA0001", "Tennis bracelet 3.00 ct", "4150.00", "2610.00", "1"),
    ("JEWRNG0010", "Signet ring, sterling", "165.00", "58.00", "20"),
    ("JEWRNG0011-RCV1", "Eternity band, platinum", "1890.00", "1105.00", "3"),
    ("GEMOPA0003", "Boulder opal 12.5 ct", "890.00", "410.00", "1"),
    ("GEMALE0001", "Alexandrite parcel 1-2 ct", "3200.00", "2150.00", "8"),
    (None, "Bezel setting, silver, 5 mm", "9.80", "3.15", "150"),
)
PRICED_PER_CARAT = frozenset({"GEMALE0001"})
