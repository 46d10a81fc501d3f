"""The order of the tests: those that wait begin at once, on workers of their own.

When they run side by side they leave the cores idle, and tests that compute make browsers late.
"""

from __future__ import annotations

import os

import pytest


def waits(item: pytest.Item) -> bool:
    """Whether a test mostly waits: for a clock, or for what a browser shows."""
    return any(item.get_closest_marker(name) for name in ("waits", "browser"))


def waiting_first(items: list[pytest.Item], *, workers: int) -> list[pytest.Item]:
    """One order for all workers, each of which begins with its own slice (``--dist worksteal``).

    As many workers compute as there are cores. The slices of the others begin with waiting tests.
    """
    lanes = max(1, workers - (os.cpu_count() or 1))
    waiting = sorted(filter(waits, items), key=lambda item: not item.get_closest_marker("waits"))
    computing = [item for item in items if not waits(item)]
    ordered: list[pytest.Item] = []
    for lane in range(lanes):
        begins = waiting[lane::lanes]
        room = max(0, (len(items) - len(ordered)) // (workers - lane) - len(begins))
        ordered += begins + computing[:room]
        computing = computing[room:]
    return ordered + computing
