"""What a transformation gives back: a frame of canonical values, and what could not be read."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from quickbooks_sync.model.problem import Problem

#: Stands in a frame for a value that is not known (neither a value nor empty).
UNKNOWN = pd.NA


@dataclass(frozen=True)
class Transformed:
    """Canonical values of a batch.

    Attributes:
        frame: One row a record in the order given (index 0, 1, ...), one object column a field;
            `pd.NA` where the value is unknown or could not be read.
        problems: What could not be read, by row.
    """

    frame: pd.DataFrame
    problems: dict[int, list[Problem]]

    @property
    def values(self) -> list[dict[str, Any]]:
        """The frame's rows as dicts; unknown values are left out."""
        return frame_to_values(self.frame)


def frame_to_values(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as dicts; unknown values are left out."""
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    return [
        {name: column[row] for name, column in columns.items() if column[row] is not UNKNOWN}
        for row in range(len(frame))
    ]
