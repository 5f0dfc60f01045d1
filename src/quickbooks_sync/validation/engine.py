"""Great Expectations, loaded when it is first needed."""

import logging
import os
import warnings
from types import ModuleType


def load_great_expectations() -> ModuleType:
    """Import Great Expectations (seconds), quiet and without its analytics."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        # Its own use of deprecated parts of the standard library is not ours to mend.
        warnings.simplefilter("ignore")
        import great_expectations
    return great_expectations
