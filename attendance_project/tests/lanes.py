"""The order of the tests: those that wait or take long begin at once, each kind on its workers.

Tests that wait leave the cores idle when they run side by side, and tests that compute make
browsers late. A long test that begins last would leave all other workers without work.
"""

from __future__ import annotations

import os

import pytest


def waits(item: pytest.Item) -> bool:
    """Whether a test mostly waits: for a clock, or for what a browser shows."""
    return _has_one_of(item, "waits", "browser")


def waiting_first(items: list[pytest.Item], *, workers: int) -> list[pytest.Item]:
    """One order for all workers, each of which begins with its own slice (``--dist worksteal``).

    As many workers compute as there are cores. Their slices begin with the tests that take long,
    and the slices of the others with those that wait.
    """
    lanes = max(1, workers - (os.cpu_count() or 1))
    cores = max(1, workers - lanes)
    waiting = sorted(filter(waits, items), key=lambda item: not item.get_closest_marker("waits"))
    computing = [item for item in items if not waits(item)]
    long = [item for item in computing if _has_one_of(item, "long")]
    rest = [item for item in computing if not _has_one_of(item, "long")]
    slices = [waiting[lane::lanes] for lane in range(lanes)]
    slices += [long[core::cores] for core in range(cores)]
    ordered: list[pytest.Item] = []
    for number, begins in enumerate(slices):
        room = max(0, (len(items) - len(ordered)) // (len(slices) - number) - len(begins))
        ordered += begins + rest[:room]
        rest = rest[room:]
    return ordered + rest


def _has_one_of(item: pytest.Item, *marks: str) -> bool:
    return any(item.get_closest_marker(mark) for mark in marks)
