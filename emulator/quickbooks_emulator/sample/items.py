"""The catalogue of Loupe Gemstones Co.: stock, parts and services."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Product

INACTIVE = ("Coral branch (discontinued)",)
CATEGORIES = ("Findings",)
BUNDLES = {"Bench starter kit": {"Polishing compound": "1", "Solder, easy, 1 m": "2"}}
"""Bundles, and how many of which item one holds."""

STOCK, PART, SERVICE = "Inventory", "NonInventory", "Service"

# fmt: off
PRODUCTS = (
    # The six that Loupe Factory has as well.
    Product("Aquamarine oval 7x5 mm", STOCK, "LF-AQUA0054", "87.50", "41.00", "5"),
    Product("Round Diamond 0.50 ct", STOCK, "GEMDIA0001", "1250.00", "820.00", "3"),
    Product("Pear Tanzanite 2.10 ct", STOCK, "LF-TANZ0007", "1050.00", "640.00", "4"),
    Product("Opal cabochon parcel", STOCK, "LF-OPAL0012", "65.00", "28.00", "120"),
    Product("Solitaire ring 18k", STOCK, "LF-RING0003", "2400.00", "1310.00", "2"),
    Product("Cable chain 45 cm", STOCK, "LF-CHAIN001", "145.00", "62.00", "30"),
    # Stock that is only here.
    Product("Blue Sapphire calibrated 3 mm", STOCK, "GEMSAPC003", "41.00", "19.50", "36"),
    Product("Ruby round 4 mm AA", STOCK, "GEMRUBR04A", "228.50", "140.00", "11"),
    Product("Green tourmaline baguette", STOCK, "GEMTOUB006", "96.25", "52.00", "14"),
    Product("Freshwater pearl strand 40 cm", STOCK, "PRL-FW-40", "84.00", "36.50", "22"),
    Product("14k jump rings, bag of 50", STOCK, "FND-JR14-50", "62.40", "41.10", "18"),
    Product("18k yellow gold casting grain", STOCK, "MET-AU18Y", "78.35", "71.20", "412.6",
            "Sold by the gram"),
    Product("Sterling ear wires, pair", STOCK, "FND-EW925", "3.85", "1.15", "300"),
    Product("Hessonite garnet oval", STOCK, "", "33.33", "14.10", "25"),
    Product("White topaz round 6 mm", STOCK, "GEMTOP006", "12.75", "4.4", "140"),
    Product("Moonstone cabochon 8 mm", STOCK, "GEMMOO008", "18.90", "7.25", "64"),
    Product("Black spinel bead strand", STOCK, "BEAD-SPI-B", "47.50", "21.00", "19"),
    Product("Rhodolite garnet trillion", STOCK, "GEMRHO-T5", "58.20", "27.40", "0"),
    Product("Natural sapphire, per carat", STOCK, "GEMSAP-CT", "1420.00", "860.00", "14.275",
            "Heated, Ceylon; price per carat"),
    Product("Imperial topaz, per carat", STOCK, "GEMITO-CT", "865.00", "505.00", "9.84"),
    Product("Paraiba-type tourmaline, per carat", STOCK, "GEMPAR-CT", "3150.00", "2105.00", "2.1"),
    Product("Melee diamonds F-G VS, per carat", STOCK, "DIAMEL-FG", "640.00", "455.00", "31.375"),
    Product("Padparadscha 1.02 ct, certificate no. 22-1187", STOCK, "GEMPAD0001", "6800.00",
            "4900.00", "1"),
    Product("Rough chrysoprase lot", STOCK, "", "1.2345678", "0.4", "1500.5"),
    Product("Émaux de Limoges, médaillon", STOCK, "ENA-LIM-1", "240.00", "118.00", "2"),
    Product('Ring box "Velours" 5x5', STOCK, "PKG-BOX-V", "2.95", "0.83", "480"),
    Product("Tennis bracelet blank 18 cm", STOCK, "BLK-TEN18", "310.00", "198.00", "6"),
    Product("Bezel cup 5 mm", STOCK, "FND-BZ5", "6.15", "2.60", "210", category="Findings"),
    Product("Lobster clasp 10 mm", STOCK, "FND-LC10", "11.40", "5.05", "95", category="Findings"),
    Product("Lobster clasp 10 mm gold filled", STOCK, "FND-LC10", "7.80", "3.30", "40",
            "Has the Sku of the solid one"),
    Product("Consigned emerald 4.15 ct", STOCK, "CONS-EM-0415", "0", "0", "1"),
    Product("Backordered alexandrite", STOCK, "GEMALX-BO", "5200.00", "3900.00", "-1"),
    Product("Coral branch (discontinued)", STOCK, "GEMCOR-X", "75.00", "30.00", "0"),
    # Parts whose stock is not kept.
    Product("Polishing compound", PART, "WS-POL-1", "14.00", "8.90", ""),
    Product("Gift wrapping", PART, "", "4.50", "1.20", ""),
    Product("Solder, easy, 1 m", PART, "WS-SOL-E", "9.25", "6.10", ""),
    # Services.
    Product("Sales", SERVICE, "", "0", "0", ""),
    Product("Stone setting", SERVICE, "SVC-SET", "35.00", "0", ""),
    Product("Ring sizing", SERVICE, "SVC-SIZE", "48.00", "0", ""),
    Product("Rhodium plating", SERVICE, "SVC-RHOD", "27.50", "0", ""),
    Product("Gemstone recutting, per hour", SERVICE, "SVC-CUT", "95.00", "0", ""),
    Product("Laboratory report handling", SERVICE, "SVC-LAB", "62.00", "0", ""),
    Product("Engraving, per letter", SERVICE, "SVC-ENGR", "4.25", "0", ""),
    Product("Appraisal", SERVICE, "SVC-APP", "120.00", "0", ""),
    Product("Pearl restringing", SERVICE, "", "55.00", "0", ""),
    Product("CAD modelling, per hour", SERVICE, "SVC-CAD", "85.00", "0", ""),
    Product("Casting", SERVICE, "SVC-CAST", "72.00", "0", ""),
    Product("Consultation", SERVICE, "", "0", "0", "", "First hour free"),
    Product("Late fee", SERVICE, "", "25.00", "0", ""),
)
# fmt: on
