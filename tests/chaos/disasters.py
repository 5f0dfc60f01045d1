"""What befalls the systems themselves, and how often: restores, resets, another mapping."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.chaos import remapping, resets, restores
from tests.chaos.company import Company

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

STEPS: dict[Callable[["Schedule", Company, random.Random], str], int] = {
    restores.restore_loupe: 12,
    restores.give_key_again: 3,
    resets.reset_company: 5,
    remapping.move_field: 4,
    remapping.drop_or_return_field: 5,
}
