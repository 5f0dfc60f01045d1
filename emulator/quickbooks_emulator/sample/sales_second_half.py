"""The ordinary invoices of Loupe Gemstones Co. from July 2026 on."""

from __future__ import annotations

from quickbooks_emulator.sample.records import Goods, Sale

# fmt: off
SECOND_HALF = (
    Sale("INV-0943", "Fjord Silver AS", "2026-07-02", "2026-08-01", (
        Goods("Melee diamonds F-G VS, per carat", "2.715", "640.00"),
    )),
    Sale("INV-0944", "Pfeiffer Edelsteine GmbH", "2026-07-06", "2026-08-05", (
        Goods("Melee diamonds F-G VS, per carat", "2.350", "640.00"),
        Goods("Ring sizing", "2", "48.00"),
    )),
    Sale("INV-0945", "Étoile Diamants SARL", "2026-07-09", "2026-09-07", (
        Goods("Laboratory report handling", "3", "62.00"),
        Goods("Paraiba-type tourmaline, per carat", "0.623", "3150.00"),
    )),
    Sale("INV-0946", "مجوهرات الواحة", "2026-07-12", "2026-08-11", (
        Goods("Imperial topaz, per carat", "3.063", "865.00"),
        Goods("Moonstone cabochon 8 mm", "20", "18.90"),
    )),
    Sale("INV-0947", "Verdant Gem Collective", "2026-07-17", "2026-08-31", (
        Goods("Black spinel bead strand", "12", "47.50"),
    )),
    Sale("INV-0948", "Jaipur Stone House", "2026-07-20", "2026-09-18", (
        Goods("Sterling ear wires, pair", "6", "3.85"),
        Goods("Blue Sapphire calibrated 3 mm", "4", "41.00"),
        Goods("Freshwater pearl strand 40 cm", "12", "84.00"),
    )),
    Sale("INV-0949", "Nordwind Outfitters", "2026-07-24", "2026-09-22", (
        Goods("Engraving, per letter", "1", "4.25"),
        Goods("Paraiba-type tourmaline, per carat", "3.309", "3150.00"),
    )),
    Sale("INV-0950", "Chen's Bead Bar", "2026-07-28", "2026-09-26", (
        Goods("Rhodium plating", "5", "27.50"),
        Goods("Stone setting", "1", "35.00"),
    )),
    Sale("INV-0951", "Anneliese Köhler", "2026-08-02", "2026-09-01", (
        Goods("Laboratory report handling", "1", "62.00"),
        Goods("14k jump rings, bag of 50", "2", "62.40"),
    )),
    Sale("INV-0952", "Quartz & Quill", "2026-08-07", "2026-09-06", (
        Goods("Imperial topaz, per carat", "3.074", "865.00"),
        Goods("18k yellow gold casting grain", "13.79", "78.35"),
        Goods("Moonstone cabochon 8 mm", "4", "18.90"),
    )),
    Sale("INV-0953", "Verdant Gem Collective", "2026-08-12", "2026-09-26", (
        Goods("Paraiba-type tourmaline, per carat", "3.903", "3150.00"),
        Goods("Rhodium plating", "1", "27.50"),
        Goods("Moonstone cabochon 8 mm", "3", "18.90"),
    )),
    Sale("INV-0954", "مجوهرات الواحة", "2026-08-15", "2026-09-14", (
        Goods("Blue Sapphire calibrated 3 mm", "1", "41.00"),
        Goods("Stone setting", "5", "35.00"),
    )),
    Sale("INV-0955", "Emerald Isle Crafts", "2026-08-20", "2026-09-19", (
        Goods("Ruby round 4 mm AA", "2", "228.50"),
        Goods("Stone setting", "5", "35.00"),
        Goods("Natural sapphire, per carat", "2.590", "1420.00"),
    )),
    Sale("INV-0956", "Casa Peñalver Joyeros", "2026-08-24", "2026-09-08", (
        Goods("Gemstone recutting, per hour", "1", "95.00"),
    )),
    Sale("INV-0957", "Wildflower Metalworks", "2026-08-26", "2026-09-10", (
        Goods("Hessonite garnet oval", "2", "33.33"),
        Goods("Freshwater pearl strand 40 cm", "10", "84.00"),
    )),
    Sale("INV-0958", "周大福珠宝行", "2026-08-31", "2026-09-15", (
        Goods("Ring sizing", "3", "48.00"),
        Goods("Hessonite garnet oval", "10", "33.33"),
        Goods("Blue Sapphire calibrated 3 mm", "3", "41.00"),
    )),
    Sale("INV-0959", "周大福珠宝行", "2026-09-05", "2026-10-05", (
        Goods("Rhodolite garnet trillion", "2", "58.20"),
        Goods("Melee diamonds F-G VS, per carat", "2.173", "640.00"),
    )),
    Sale("INV-0960", "Kowalska Biżuteria", "2026-09-10", "2026-09-10", (
        Goods("Hessonite garnet oval", "6", "33.33"),
    )),
    Sale("INV-0961", "Bellini & Figli S.r.l.", "2026-09-15", "2026-11-14", (
        Goods("Melee diamonds F-G VS, per carat", "3.149", "640.00"),
    )),
    Sale("INV-0962", "周大福珠宝行", "2026-09-19", "2026-10-19", (
        Goods("Blue Sapphire calibrated 3 mm", "3", "41.00"),
    )),
    Sale("INV-0963", "Kusuma Gems Pte Ltd", "2026-09-22", "2026-10-22", (
        Goods("Paraiba-type tourmaline, per carat", "3.831", "3150.00"),
        Goods("Freshwater pearl strand 40 cm", "2", "84.00"),
    )),
    Sale("INV-0964", "D'Angelo & Fils", "2026-09-27", "2026-09-27", (
        Goods("14k jump rings, bag of 50", "12", "62.40"),
    )),
    Sale("INV-0965", "O'Brien Diamonds", "2026-10-03", "2026-11-17", (
        Goods("Engraving, per letter", "5", "4.25"),
        Goods("Green tourmaline baguette", "4", "96.25"),
    )),
    Sale("INV-0966", "Björk & Søn Guldsmedje", "2026-10-06", "2026-10-21", (
        Goods("Natural sapphire, per carat", "1.621", "1420.00"),
        Goods("Ring sizing", "5", "48.00"),
    )),
    Sale("INV-0967", "Casa Peñalver Joyeros", "2026-10-11", "2026-11-10", (
        Goods("Paraiba-type tourmaline, per carat", "3.864", "3150.00"),
    )),
    Sale("INV-0968", "Opal Ridge Trading", "2026-10-15", "2026-11-14", (
        Goods("Paraiba-type tourmaline, per carat", "3.420", "3150.00"),
    )),
    Sale("INV-0969", "Ines Falk", "2026-10-17", "2026-11-16", (
        Goods("Paraiba-type tourmaline, per carat", "1.009", "3150.00"),
        Goods("18k yellow gold casting grain", "26.96", "78.35"),
        Goods("Stone setting", "1", "35.00"),
        Goods("Hessonite garnet oval", "10", "33.33"),
    )),
    Sale("INV-0970", "Ines Falk", "2026-10-21", "2026-11-20", (
        Goods("White topaz round 6 mm", "12", "12.75"),
        Goods("Gemstone recutting, per hour", "1", "95.00"),
    )),
    Sale("INV-0971", "Saffron House Jewellers", "2026-10-27", "2026-11-26", (
        Goods("Rhodium plating", "1", "27.50"),
        Goods("Green tourmaline baguette", "6", "96.25"),
    )),
    Sale("INV-0972", "Verdant Gem Collective", "2026-10-30", "2026-12-29", (
        Goods("Laboratory report handling", "3", "62.00"),
        Goods("14k jump rings, bag of 50", "2", "62.40"),
        Goods("18k yellow gold casting grain", "10.90", "78.35"),
    )),
    Sale("INV-0973", "Tide Pool Studio", "2026-11-03", "2026-12-03", (
        Goods("Gemstone recutting, per hour", "3", "95.00"),
        Goods("Rhodium plating", "1", "27.50"),
    )),
    Sale("INV-0974", "Nordwind Outfitters", "2026-11-08", "2026-12-08", (
        Goods("Green tourmaline baguette", "2", "96.25"),
    )),
)
# fmt: on
