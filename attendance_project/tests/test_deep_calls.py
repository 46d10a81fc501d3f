"""The room for deep calls changes nothing but where the frames are."""

import resource

from attendance_project.tests.deep_calls import with_room

DEPTH = 400
"""Frames that take more than two pieces of 16 KiB."""


def deep(times: int, depth: int) -> int:
    return deep(times, depth - 1) if depth else sum(deepest(n) for n in range(times))


def deepest(number: int) -> int:
    return number


def pages_got_at(depth: int) -> int:
    """How many pages of memory a thousand calls at this depth get from the system."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    deep(1000, depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@with_room
def roomy(times: int) -> int:
    return deep(times, DEPTH)


def test_the_result_is_the_same():
    assert roomy(10) == sum(range(10))


def test_this_test_runs_in_one_large_piece():
    """A thousand calls at a depth where a piece begins would get a thousand pages."""
    assert max(pages_got_at(depth) for depth in range(DEPTH)) < 500
