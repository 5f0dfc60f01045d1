"""The ordinary invoices of Loupe Gemstones Co., January to June 2026."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Goods, Sale

# fmt: off
FIRST_HALF = (
    Sale("INV-0901", "Pfeiffer Edelsteine GmbH", "2026-01-09", "2026-01-09", (
        Goods("White topaz round 6 mm", "3", "12.75"),
        Goods("Laboratory report handling", "2", "62.00"),
    )),
    Sale("INV-0902", "Pfeiffer Edelsteine GmbH", "2026-01-14", "2026-03-15", (
        Goods("Stone setting", "1", "35.00"),
        Goods("Rhodium plating", "1", "27.50"),
    )),
    Sale("INV-0903", "Jaipur Stone House", "2026-01-17", "2026-01-17", (
        Goods("Rhodolite garnet trillion", "10", "58.20"),
        Goods("Blue Sapphire calibrated 3 mm", "2", "41.00"),
        Goods("18k yellow gold casting grain", "6.50", "78.35"),
        Goods("Ring sizing", "3", "48.00"),
    )),
    Sale("INV-0904", "O'Brien Diamonds", "2026-01-22", "2026-02-21", (
        Goods("Black spinel bead strand", "3", "47.50"),
        Goods("Hessonite garnet oval", "1", "33.33"),
        Goods("White topaz round 6 mm", "3", "12.75"),
        Goods("Natural sapphire, per carat", "3.045", "1420.00"),
    )),
    Sale("INV-0905", "Emerald Isle Crafts", "2026-01-28", "2026-02-27", (
        Goods("Paraiba-type tourmaline, per carat", "2.701", "3150.00"),
    )),
    Sale("INV-0906", "Bellini & Figli S.r.l.", "2026-02-01", "2026-04-02", (
        Goods("Freshwater pearl strand 40 cm", "1", "84.00"),
        Goods("Imperial topaz, per carat", "2.216", "865.00"),
    )),
    Sale("INV-0907", "Emerald Isle Crafts", "2026-02-05", "2026-02-05", (
        Goods("Freshwater pearl strand 40 cm", "2", "84.00"),
    )),
    Sale("INV-0908", "Ines Falk", "2026-02-09", "2026-03-26", (
        Goods("Blue Sapphire calibrated 3 mm", "3", "41.00"),
        Goods("Engraving, per letter", "8", "4.25"),
        Goods("White topaz round 6 mm", "12", "12.75"),
    )),
    Sale("INV-0909", "Jaipur Stone House", "2026-02-14", "2026-03-16", (
        Goods("14k jump rings, bag of 50", "4", "62.40"),
        Goods("Hessonite garnet oval", "2", "33.33"),
        Goods("18k yellow gold casting grain", "29.98", "78.35"),
    )),
    Sale("INV-0910", "Chen's Bead Bar", "2026-02-18", "2026-04-04", (
        Goods("Melee diamonds F-G VS, per carat", "2.916", "640.00"),
        Goods("Gemstone recutting, per hour", "5", "95.00"),
    )),
    Sale("INV-0911", "Ines Falk", "2026-02-23", "2026-04-24", (
        Goods("Paraiba-type tourmaline, per carat", "3.768", "3150.00"),
        Goods("Rhodium plating", "2", "27.50"),
        Goods("Natural sapphire, per carat", "3.407", "1420.00"),
    )),
    Sale("INV-0912", "Aurora Fine Jewelry", "2026-02-28", "2026-04-14", (
        Goods("Ring sizing", "2", "48.00"),
        Goods("Rhodium plating", "1", "27.50"),
    )),
    Sale("INV-0913", "Chen's Bead Bar", "2026-03-06", "2026-05-05", (
        Goods("14k jump rings, bag of 50", "4", "62.40"),
        Goods("Paraiba-type tourmaline, per carat", "3.247", "3150.00"),
        Goods("Imperial topaz, per carat", "3.180", "865.00"),
    )),
    Sale("INV-0914", "Smith, Jones & Partners", "2026-03-08", "2026-04-07", (
        Goods("White topaz round 6 mm", "6", "12.75"),
    )),
    Sale("INV-0915", "Ines Falk", "2026-03-12", "2026-03-12", (
        Goods("Ring sizing", "5", "48.00"),
        Goods("Stone setting", "1", "35.00"),
    )),
    Sale("INV-0916", "Björk & Søn Guldsmedje", "2026-03-18", "2026-04-02", (
        Goods("14k jump rings, bag of 50", "12", "62.40"),
    )),
    Sale("INV-0917", "Étoile Diamants SARL", "2026-03-22", "2026-04-06", (
        Goods("Ruby round 4 mm AA", "1", "228.50"),
    )),
    Sale("INV-0918", "Opal Ridge Trading", "2026-03-26", "2026-03-26", (
        Goods("Green tourmaline baguette", "2", "96.25"),
        Goods("Laboratory report handling", "1", "62.00"),
    )),
    Sale("INV-0919", "Anneliese Köhler", "2026-03-30", "2026-04-14", (
        Goods("Rhodium plating", "2", "27.50"),
        Goods("Natural sapphire, per carat", "0.511", "1420.00"),
    )),
    Sale("INV-0920", "مجوهرات الواحة", "2026-04-04", "2026-04-19", (
        Goods("Gemstone recutting, per hour", "2", "95.00"),
    )),
    Sale("INV-0921", "Marigold & Co. Goldsmiths", "2026-04-06", "2026-05-06", (
        Goods("Imperial topaz, per carat", "2.545", "865.00"),
        Goods("Gemstone recutting, per hour", "5", "95.00"),
        Goods("Melee diamonds F-G VS, per carat", "1.344", "640.00"),
    )),
    Sale("INV-0922", "Marigold & Co. Goldsmiths", "2026-04-11", "2026-06-10", (
        Goods("Black spinel bead strand", "10", "47.50"),
    )),
    Sale("INV-0923", "Fjord Silver AS", "2026-04-15", "2026-05-15", (
        Goods("Paraiba-type tourmaline, per carat", "2.758", "3150.00"),
    )),
    Sale("INV-0924", "Dubois Frères", "2026-04-19", "2026-06-18", (
        Goods("Natural sapphire, per carat", "3.022", "1420.00"),
        Goods("18k yellow gold casting grain", "13.03", "78.35"),
    )),
    Sale("INV-0925", "Harbor Light Gallery", "2026-04-22", "2026-05-07", (
        Goods("Sterling ear wires, pair", "3", "3.85"),
        Goods("14k jump rings, bag of 50", "1", "62.40"),
    )),
    Sale("INV-0926", "Tide Pool Studio", "2026-04-24", "2026-06-08", (
        Goods("Imperial topaz, per carat", "3.920", "865.00"),
    )),
    Sale("INV-0927", "O'Brien Diamonds", "2026-04-29", "2026-05-14", (
        Goods("Black spinel bead strand", "4", "47.50"),
        Goods("Paraiba-type tourmaline, per carat", "0.729", "3150.00"),
        Goods("Imperial topaz, per carat", "3.797", "865.00"),
        Goods("Melee diamonds F-G VS, per carat", "2.616", "640.00"),
    )),
    Sale("INV-0928", "Pfeiffer Edelsteine GmbH", "2026-05-04", "2026-05-04", (
        Goods("Hessonite garnet oval", "8", "33.33"),
        Goods("Natural sapphire, per carat", "1.391", "1420.00"),
    )),
    Sale("INV-0929", "Casa Peñalver Joyeros", "2026-05-10", "2026-06-24", (
        Goods("Moonstone cabochon 8 mm", "1", "18.90"),
    )),
    Sale("INV-0930", "Emerald Isle Crafts", "2026-05-16", "2026-06-15", (
        Goods("Ruby round 4 mm AA", "6", "228.50"),
    )),
    Sale("INV-0931", "Wildflower Metalworks", "2026-05-20", "2026-05-20", (
        Goods("Blue Sapphire calibrated 3 mm", "4", "41.00"),
        Goods("Ring sizing", "1", "48.00"),
    )),
    Sale("INV-0932", "Anneliese Köhler", "2026-05-25", "2026-07-09", (
        Goods("14k jump rings, bag of 50", "6", "62.40"),
        Goods("Rhodolite garnet trillion", "6", "58.20"),
    )),
    Sale("INV-0933", "周大福珠宝行", "2026-05-27", "2026-06-26", (
        Goods("Ring sizing", "1", "48.00"),
    )),
    Sale("INV-0934", "周大福珠宝行", "2026-05-29", "2026-06-13", (
        Goods("Melee diamonds F-G VS, per carat", "3.295", "640.00"),
        Goods("Green tourmaline baguette", "6", "96.25"),
        Goods("Blue Sapphire calibrated 3 mm", "3", "41.00"),
        Goods("Stone setting", "8", "35.00"),
    )),
    Sale("INV-0935", "Bellini & Figli S.r.l.", "2026-06-01", "2026-07-01", (
        Goods("Moonstone cabochon 8 mm", "20", "18.90"),
        Goods("Freshwater pearl strand 40 cm", "2", "84.00"),
        Goods("Sterling ear wires, pair", "8", "3.85"),
    )),
    Sale("INV-0936", "Goldberg & Daughters", "2026-06-04", "2026-07-04", (
        Goods("Green tourmaline baguette", "6", "96.25"),
        Goods("Paraiba-type tourmaline, per carat", "0.917", "3150.00"),
    )),
    Sale("INV-0937", "Fjord Silver AS", "2026-06-06", "2026-06-21", (
        Goods("Engraving, per letter", "8", "4.25"),
        Goods("Melee diamonds F-G VS, per carat", "0.631", "640.00"),
        Goods("Moonstone cabochon 8 mm", "3", "18.90"),
    )),
    Sale("INV-0938", "Verdant Gem Collective", "2026-06-09", "2026-06-24", (
        Goods("Gemstone recutting, per hour", "2", "95.00"),
    )),
    Sale("INV-0939", "Kusuma Gems Pte Ltd", "2026-06-13", "2026-07-13", (
        Goods("Imperial topaz, per carat", "3.367", "865.00"),
        Goods("Ruby round 4 mm AA", "10", "228.50"),
        Goods("Rhodolite garnet trillion", "20", "58.20"),
        Goods("Paraiba-type tourmaline, per carat", "1.103", "3150.00"),
    )),
    Sale("INV-0940", "مجوهرات الواحة", "2026-06-16", "2026-07-16", (
        Goods("Melee diamonds F-G VS, per carat", "3.687", "640.00"),
        Goods("Moonstone cabochon 8 mm", "12", "18.90"),
        Goods("Paraiba-type tourmaline, per carat", "1.265", "3150.00"),
        Goods("Ring sizing", "8", "48.00"),
    )),
    Sale("INV-0941", "Anneliese Köhler", "2026-06-22", "2026-07-22", (
        Goods("Freshwater pearl strand 40 cm", "6", "84.00"),
    )),
    Sale("INV-0942", "50% Off Gems", "2026-06-27", "2026-06-27", (
        Goods("Gemstone recutting, per hour", "1", "95.00"),
    )),
)
# fmt: on
