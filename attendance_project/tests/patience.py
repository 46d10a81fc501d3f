"""How long a test waits for what has to happen, before it counts as never going to happen.

A test that passes never waits this long: it goes on as soon as what it waits for is there. So the
limit may be far above what the slowest and busiest machine needs, and only a broken program meets
it.
"""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_S = 120
PATIENCE_MS = PATIENCE_S * 1000
LOOK_EVERY_S = 0.05


def until(look: Callable[[], Found]) -> Found:
    """What ``look`` finds, as soon as it finds something; for what no event tells of."""
    gives_up_at = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < gives_up_at, "it did not happen"
        time.sleep(LOOK_EVERY_S)
    return found
