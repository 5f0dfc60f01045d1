"""The customers of Loupe Gemstones Co.: the shared ten, then the awkward ones of real books."""

from __future__ import annotations

from typing import Any

LONG_NAME = "Vereinigte Goldschmiedewerkstätten und Edelsteinhandelsgesellschaft Idar-Oberstein mbH & Co. KG (gegr.)"
INACTIVE = ("Old Quarter Antiques",)
"""Made inactive once their invoices are paid."""


def _place(line: str, city: str, state: str, code: str, country: str) -> dict[str, str]:
    fields = {"Line1": line, "City": city, "CountrySubDivisionCode": state}
    return {**fields, "PostalCode": code, "Country": country}


def _mail(address: str) -> dict[str, str]:
    return {"Address": address}


# fmt: off
CUSTOMERS: tuple[dict[str, Any], ...] = (
    # The ten that Loupe Factory knows as well.
    {"DisplayName": "Aurora Fine Jewelry", "CompanyName": "Aurora Fine Jewelry",
     "GivenName": "Maya", "FamilyName": "Lindgren",
     "PrimaryEmailAddr": _mail("buying@aurorafine.example"),
     "PrimaryPhone": {"FreeFormNumber": "(503) 555-0142"},
     "BillAddr": _place("810 NW Glisan St", "Portland", "OR", "97209", "US"), "Term": "Net 30"},
    {"DisplayName": "Bellini & Figli S.r.l.", "CompanyName": "Bellini & Figli S.r.l.",
     "PrimaryEmailAddr": _mail("ordini@bellini.example"),
     "BillAddr": _place("Contrà Porti 21", "Vicenza", "VI", "36100", "Italy"), "Term": "Net 30"},
    {"DisplayName": "D'Angelo & Fils", "CompanyName": "D'Angelo & Fils",
     "PrimaryEmailAddr": _mail("achats@dangelo.example"),
     "BillAddr": _place("8 rue de la République", "Lyon", "", "69002", "France")},
    {"DisplayName": "Étoile Diamants SARL", "CompanyName": "Étoile Diamants SARL",
     "GivenName": "Hélène", "FamilyName": "Garçon",
     "PrimaryEmailAddr": _mail("contact@etoile.example"),
     "BillAddr": _place("17 rue de la Paix", "Paris", "", "75002", "France")},
    {"DisplayName": "Kusuma Gems Pte Ltd", "CompanyName": "Kusuma Gems Pte Ltd",
     "PrimaryEmailAddr": _mail("accounts@kusumagems.example"),
     "BillAddr": _place("101 Upper Cross Street #05-16", "Singapore", "", "058357", "Singapore"),
     "Term": "Net 30"},
    {"DisplayName": "Marigold & Co. Goldsmiths", "CompanyName": "Marigold & Co. Goldsmiths",
     "PrimaryEmailAddr": _mail("office@marigold.example"),
     "BillAddr": _place("1420 Larimer St", "Denver", "CO", "80202", "US")},
    {"DisplayName": "Nordwind Outfitters", "CompanyName": "Nordwind Outfitters LLC",
     "GivenName": "Ines", "FamilyName": "Falk", "PrimaryEmailAddr": _mail("ap@nordwind.example"),
     "BillAddr": _place("12 Harbour Row", "Seattle", "WA", "98101", "US"),
     "ShipAddr": _place("Dock 4, 900 Alaskan Way", "Seattle", "WA", "98104", "US"),
     "Term": "Net 30"},
    {"DisplayName": "Opal Ridge Trading", "CompanyName": "Opal Ridge Trading",
     "PrimaryEmailAddr": _mail("hello@opalridge.example"),
     "BillAddr": _place("301 N State Route 89A", "Sedona", "AZ", "86336", "US")},
    {"DisplayName": "Saffron House Jewellers", "CompanyName": "Saffron House Jewellers",
     "PrimaryEmailAddr": _mail("billing@saffronhouse.example"),
     "BillAddr": _place("44 Hatton Garden", "London", "", "EC1N 8ER", "United Kingdom")},
    {"DisplayName": "Tanzanite Row LLC", "CompanyName": "Tanzanite Row LLC",
     "PrimaryEmailAddr": _mail("ap@tanzaniterow.example"),
     "BillAddr": _place("55 W 47th St, Booth 12", "New York", "NY", "10036", "US"),
     "Term": "Net 60"},
    # Others, with what makes real customer lists awkward.
    {"DisplayName": "Anneliese Köhler", "GivenName": "Anneliese", "FamilyName": "Köhler",
     "PrimaryEmailAddr": _mail("a.koehler@post.example")},
    {"DisplayName": "Björk & Søn Guldsmedje", "CompanyName": "Björk & Søn Guldsmedje",
     "PrimaryEmailAddr": _mail("post@bjork.example"),
     "BillAddr": _place("Strøget 18", "København", "", "1160", "Denmark")},
    {"DisplayName": "Casa Peñalver Joyeros", "CompanyName": "Casa Peñalver Joyeros",
     "BillAddr": _place("Calle de Serrano 61", "Madrid", "", "28006", "Spain")},
    {"DisplayName": "Chen's Bead Bar", "GivenName": "Li", "FamilyName": "Chen",
     "PrimaryEmailAddr": _mail("li@chensbeads.example"),
     "Notes": 'Calls on Tuesdays.\nPrefers "AA" grade; 10% off from 20 strands.'},
    {"CompanyName": "Dubois Frères", "DisplayName": "Dubois Frères"},
    {"DisplayName": "Emerald Isle Crafts", "CompanyName": "Emerald Isle Crafts",
     "BillAddr": {"Line1": "The Old Mill", "Line2": "Unit 3", "Line3": "Quay Road",
                  "City": "Westport", "CountrySubDivisionCode": "Co. Mayo", "Country": "Ireland"}},
    {"DisplayName": "Fjord Silver AS", "CompanyName": "Fjord Silver AS",
     "PrimaryEmailAddr": _mail("faktura@fjordsilver.example"),
     "BillAddr": _place("Bryggen 7", "Bergen", "", "5003", "Norway"), "Term": "Net 45"},
    {"DisplayName": "Goldberg & Daughters", "CompanyName": "Goldberg & Daughters",
     "Notes": "Trade reference: Rivka Ben-Ami <rivka@ben-ami.example>"},
    {"DisplayName": "Harbor Light Gallery", "CompanyName": "Harbor Light Gallery",
     "PrimaryEmailAddr": _mail("office@harborlight.example"),
     "WebAddr": {"URI": "http://harborlight.example"}},
    {"DisplayName": "Ines Falk", "GivenName": "Ines", "FamilyName": "Falk",
     "PrimaryEmailAddr": _mail("ap@nordwind.example"),
     "Notes": "Private account; same e-mail address as Nordwind Outfitters."},
    {"DisplayName": "Jaipur Stone House", "CompanyName": "Jaipur Stone House",
     "PrimaryEmailAddr": _mail("export@jaipurstone.example"),
     "BillAddr": _place("Johari Bazaar, Shop 204", "Jaipur", "RJ", "302003", "India")},
    {"DisplayName": "Kowalska Biżuteria", "GivenName": "Łucja", "FamilyName": "Kowalska",
     "CompanyName": "Kowalska Biżuteria"},
    {"DisplayName": "Lindqvist Atelier", "CompanyName": "Lindqvist Atelier",
     "PrimaryEmailAddr": _mail("atelje@lindqvist.example"), "Fax": {"FreeFormNumber": "n/a"}},
    {"DisplayName": "O'Brien Diamonds", "GivenName": "Sinéad", "FamilyName": "O'Brien",
     "CompanyName": "O'Brien Diamonds", "PrimaryEmailAddr": _mail("sinead@obrien.example")},
    {"DisplayName": "Pfeiffer Edelsteine GmbH", "CompanyName": "Pfeiffer Edelsteine GmbH",
     "PrimaryEmailAddr": _mail("rechnung@pfeiffer.example"),
     "BillAddr": _place("Hauptstraße 103", "Idar-Oberstein", "RP", "55743", "Germany")},
    {"DisplayName": "Quartz & Quill", "CompanyName": "Quartz & Quill", "Term": "Due on receipt"},
    {"DisplayName": "Rivka Ben-Ami", "Title": "Ms.", "GivenName": "Rivka",
     "FamilyName": "Ben-Ami", "PrimaryEmailAddr": _mail("rivka@ben-ami.example")},
    {"DisplayName": "Smith, Jones & Partners", "CompanyName": "Smith, Jones & Partners"},
    {"DisplayName": "Tide Pool Studio", "CompanyName": "Tide Pool Studio",
     "Mobile": {"FreeFormNumber": "+1 831 555 0177 ext. 2"}},
    {"DisplayName": "Verdant Gem Collective", "CompanyName": "Verdant Gem Collective",
     "PrimaryEmailAddr": _mail("hello@verdantgems.example"),
     "BillAddr": _place("2200 Adams Ave", "San Diego", "CA", "92116", "US")},
    {"DisplayName": "Wildflower Metalworks", "CompanyName": "Wildflower Metalworks"},
    {"DisplayName": "مجوهرات الواحة", "CompanyName": "مجوهرات الواحة",
     "PrimaryEmailAddr": _mail("sales@alwaha.example"),
     "BillAddr": _place("سوق الذهب، محل ١٢", "Dubai", "", "", "United Arab Emirates")},
    {"DisplayName": "周大福珠宝行", "CompanyName": "周大福珠宝行",
     "BillAddr": _place("德輔道中 33 號", "Hong Kong", "", "", "Hong Kong")},
    {"DisplayName": "50% Off Gems", "CompanyName": "50% Off Gems"},
    {"DisplayName": "AC\\DC Minerals", "CompanyName": "AC\\DC Minerals", "Notes": "No invoices."},
    {"DisplayName": "#1 Bead Shop", "CompanyName": "#1 Bead Shop"},
    {"DisplayName": "Idar Goldschmiede", "CompanyName": LONG_NAME[:100],
     "PrintOnCheckName": "Vereinigte Goldschmiedewerkstätten"},
    {"GivenName": "Walter", "FamilyName": "No-Company"},
    {"DisplayName": "Gem Fair Walk-In", "PrimaryEmailAddr": _mail("a@b.example, c@d.example")},
    {"DisplayName": "Nordwind Flagship Store", "CompanyName": "Nordwind Outfitters LLC",
     "Parent": "Nordwind Outfitters", "Job": True,
     "PrimaryEmailAddr": _mail("store@nordwind.example")},
    {"DisplayName": "Nordwind Repair Desk", "Parent": "Nordwind Flagship Store", "Job": True,
     "BillWithParent": True},
    {"DisplayName": "Old Quarter Antiques", "CompanyName": "Old Quarter Antiques",
     "BillAddr": _place("718 Royal St", "New Orleans", "LA", "70116", "US")},
)
# fmt: on
