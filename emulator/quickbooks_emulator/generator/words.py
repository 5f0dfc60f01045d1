"""The vocabulary of the jewelry trade from which generated companies are made."""

from __future__ import annotations

# Texts in several scripts stand here on purpose: books of real companies hold them.

FIRST = (
    "Aurora", "Étienne", "Søren", "Ágnes", "Maya", "Renée", "Zoë", "Jürgen", "Łukasz", "Nuño", "Priya", "Kwame",
    "Hélène", "Björn", "Ines", "Tomás", "Yuki", "Olu", "Chloé", "Dmitri", "Amélie", "Rania", "Seán", "Gülşen",
    "Marta", "Ravi", "Noor", "Anaïs", "Ewa", "Caio", "Freya", "Mei-Lin", "Otto", "Sibylle", "Théo", "Wanjiru",
    "Xiomara", "Ivo", "Brigid", "Paolo", "Anneke", "Tariq", "Signe", "Leilani", "Mateus", "Ottoline", "Rosalía",
    "Hamish", "Vasco", "Pilar", "Eirik", "Daniela", "Kofi", "Lucía", "Arjun", "Nadège", "Benoît", "Ylva", "Joaquín",
    "Saoirse", "Emeka",
)  # fmt: skip
LAST = (
    "O'Brien", "D'Angelo", "Müller", "Gonçalves", "Lindgren", "Núñez", "Kovács", "Dvořák", "Nguyễn", "Fitzgerald",
    "Van der Meer", "Saint-Exupéry", "Bellini", "Thorvaldsen", "Okonkwo", "Iyer", "Castellanos", "Brontë", "Ó Súilleabháin",
    "Şahin", "Wójcik", "Marchetti", "Abernathy", "de la Cruz", "Haldane", "Tremblay", "Ng", "Papadopoulos", "Sørensen",
    "Al-Farsi", "Bergström", "Quartermain", "L'Estrange", "Hernández", "Zimmermann", "MacLeod", "Peçanha", "Rosenthal",
    "Ivanov", "Chaudhuri", "Delacroix", "Ferreira", "Goldsmith", "Halvorsen", "Jónsdóttir", "Karlsson", "Lefèvre",
    "Montague", "Oyelaran", "Prudhomme", "Ricci", "Steinberg", "Tanaka",
)  # fmt: skip
TRADE = (
    "Goldsmiths", "Fine Jewelry", "Gems", "Jewellers", "Diamond Setters", "Bead Company", "Antiques", "Atelier",
    "Silverworks", "Lapidary", "Watch & Jewel", "Bridal", "Casting House", "Pearl Traders", "Pawn & Gold", "Design Studio",
    "Gemstone Imports", "Engraving", "Estate Buyers", "Enamel Works", "Chain Makers", "Bijoux", "Joyería", "Schmuck",
    "Edelsteinhandel", "Gioielli", "Smykker", "Ékszer", "Biżuteria", "Minerals", "Trading Co.",
)  # fmt: skip
TOWNS = (
    # Line1, City, CountrySubDivisionCode, PostalCode, Country
    ("{n} W 47th St", "New York", "NY", "10036", "US"), ("{n} S Hill St", "Los Angeles", "CA", "90014", "US"),
    ("{n} N Wabash Ave", "Chicago", "IL", "60602", "US"), ("{n} Canyon Rd", "Santa Fe", "NM", "87501", "US"),
    ("{n} Hatton Garden", "London", "", "EC1N 8NX", "United Kingdom"), ("{n} Vyse Street", "Birmingham", "", "B18 6NE", "UK"),
    ("{n} rue de la Paix", "Paris", "", "75002", "France"), ("{n}, quai de l'Île", "Genève", "GE", "1204", "Switzerland"),
    ("Hovenierstraat {n}", "Antwerpen", "", "2018", "Belgium"), ("Hauptstraße {n}", "Idar-Oberstein", "RP", "55743", "Germany"),
    ("Via Fermi {n}", "Vicenza", "VI", "36100", "Italy"), ("Váci utca {n}", "Budapest", "", "1052", "Hungary"),
    ("Strøget {n}", "København", "", "1160", "Denmark"), ("{n} Silom Road", "Bangkok", "", "10500", "Thailand"),
    ("{n} Johari Bazaar", "Jaipur", "RJ", "302003", "India"), ("東京都台東区上野{n}-5", "東京", "", "110-0005", "Japan"),
    ("{n} Gold Souk, Deira", "Dubai", "", "", "United Arab Emirates"), ("רחוב ז'בוטינסקי {n}", "רמת גן", "", "5252007", "Israel"),
    ("{n} Galle Road", "Colombo", "", "00300", "Sri Lanka"), ("Rua do Ouro {n}", "São Paulo", "SP", "01000-000", "Brazil"),
    ("{n} Queen St W, Suite 200", "Toronto", "ON", "M5H 2M9", "Canada"), ("{n} Collins St", "Melbourne", "VIC", "3000", "Australia"),
)  # fmt: skip
OTHER_SCRIPTS = (
    # One pattern a script; the branch number keeps every name different.
    "مجوهرات الياقوت - فرع {n}", 'תכשיטי הזהב בע"מ סניף {n}', "東京宝石店 第{n}支店", "珠宝行有限公司{n}号店",
    "Ювелирный дом «Янтарь» №{n}", "Κοσμήματα Αφροδίτη {n}", "บริษัท อัญมณี {n} จำกัด", "रत्न भंडार शाखा {n}",
    "주얼리 하우스 {n}호점",
)  # fmt: skip
LONG_NAME = (
    "Vereinigte Goldschmiedewerkstätten und Edelsteinhandelsgesellschaft {last} & {first}"
    " mbH & Co. KG (vormals {trade}, gegründet 18{n:02d}), Niederlassung Nr. {number}"
)

GEMS = (
    # Name, short name of a tag, price of a carat
    ("Aquamarine", "AQUA", 90), ("Sapphire", "SAPP", 620), ("Ruby", "RUBY", 980), ("Émeraude", "EMER", 760),
    ("Tanzanite", "TANZ", 410), ("Round Diamond", "DIA", 3200), ("Opal", "OPAL", 65), ("Garnet", "GARN", 24),
    ("Spinel", "SPIN", 180), ("Tourmaline", "TOUR", 140), ("Alexandrite", "ALEX", 2400), ("Citrine", "CITR", 12),
    ("Morganite", "MORG", 85), ("Peridot", "PERI", 38), ("Akoya pearl", "AKOY", 54), ("Moonstone", "MOON", 41),
    ("Chrysoprase", "CHRY", 17), ("Lapis lazuli", "LAPI", 8),
)  # fmt: skip
SHAPES = (
    "oval",
    "round",
    "pear",
    "cushion",
    "marquise",
    "emerald cut",
    "cabochon",
    "briolette",
    "trillion",
    "baguette",
)
SIZES = (
    "3 mm",
    "4 mm",
    "5x3 mm",
    "6 mm",
    "7x5 mm",
    "8x6 mm",
    "9x7 mm",
    "10x8 mm",
    "0.50 ct",
    "1.20 ct",
    '7" strand',
)
QUALITIES = ("A", "AA", "AAA", "AAAA", "VS1 G", "SI2 J")
SERVICES = (
    "Appraisal", "Ring sizing", "Pearl restringing", "Stone setting", "CAD modelling", "Engraving", "Rhodium plating",
    "Casting", "Repair", "Gift wrapping", "Consultation", "Polishing",
)  # fmt: skip
REMARKS = (
    "Subtotal:", "Spring collection, order {n}", "Pick-up by Jo — “after 5 pm”", "Mit freundlichen Grüßen",
    "Memo no. {n}; goods remain ours until paid", "شكرا لتعاملكم معنا", "Line one\nLine two <b>not bold</b> & more",
)  # fmt: skip
REFERENCES = ("CHK-{n}", "Überweisung {n}", "WIRE {n}", "ACH{n:09d}", "MC ••{n:04d}")
EXCHANGE_RATES = {"EUR": "1.0842", "GBP": "1.2731", "CAD": "0.7315", "CHF": "1.1207"}
"""Dollars for one unit of each foreign currency of the trade; steady, so that books can be checked."""
