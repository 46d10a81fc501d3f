"""A server searches for leftovers when few objects are there."""

import subprocess
import sys

import pytest

from attendance_project.leftovers import FEW_BLOCKS, LONGEST_S, is_due

MANY = FEW_BLOCKS + 1


@pytest.mark.parametrize(
    ("more_blocks", "put_off_s", "due"),
    [(0, 5.0, True), (FEW_BLOCKS, 5.0, True), (MANY, 5.0, False), (MANY, LONGEST_S, True)],
)
def test_a_search_is_put_off_while_many_objects_are_there(more_blocks, put_off_s, due):
    assert is_due(more_blocks, put_off_s) is due


IN_A_PROCESS = """
import gc, time
from attendance_project import leftovers
leftovers.EVERY_S = 0.01
searches = []
gc.callbacks.append(lambda phase, told: told["generation"] == 2 and searches.append(phase))
leftovers.search_at_quiet_times()
held = [{"a": [number]} for number in range(leftovers.FEW_BLOCKS)]
searches.clear()
more = [{"a": [number]} for number in range(400_000)]
time.sleep(0.3)
amid = len(searches)
del held, more
time.sleep(0.3)
print(amid, len(searches) > 0)
"""


def test_no_search_comes_while_a_large_file_is_read_and_one_does_afterwards():
    python = [sys.executable, "-c", IN_A_PROCESS]
    told = subprocess.run(python, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["0", "True"]
