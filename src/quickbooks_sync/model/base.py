"""The base of a record: what each side held when the two last agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Base:
    """Both sides' canonical values as of the last sync; a missing key means *not yet agreed*."""

    loupe: Values = field(default_factory=dict)
    quickbooks: Values = field(default_factory=dict)
