"""Money and quantities: exact decimals with the scales that Intuit keeps."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
SEVENTH = Decimal("0.0000001")
ZERO = Decimal(0)


def to_cents(value: Decimal) -> Decimal:
    """Return an amount rounded half-up to cents (Intuit: entities, section 8.1)."""
    return value.quantize(CENT, ROUND_HALF_UP)


def to_quantity(value: Decimal) -> Decimal:
    """Return a quantity or price without digits beyond the seventh, nor trailing zeros."""
    kept = value.quantize(SEVENTH, ROUND_DOWN).normalize()
    return kept.quantize(Decimal(1)) if kept == kept.to_integral_value() else kept
