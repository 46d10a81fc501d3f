"""What the simulation prints at its end."""

import pytest

from lab.simulation.play import Lecture
from lab.simulation.printing import error_of

FAULTS = ["Ann (shakes her head): refused face_mismatch", "Bo cheated and stands in the register."]


@pytest.mark.parametrize(
    ("faults", "head"), [(FAULTS, "2 people were"), (FAULTS[:1], "1 person was")]
)
def test_whoever_was_not_judged_as_expected_stands_on_a_line_of_their_own(faults, head):
    counts = dict.fromkeys(["present", "late", "confirmed", "absent", "warnings"], 0)
    told = error_of(Lecture(acts=[], faults=faults, **counts))
    assert told.splitlines() == [f"{head} not judged as expected:", *faults]
