"""Random lives of a course: whatever happens, everybody reads the figures of `lives.model`.

Each example makes people and courses of its own, since MongoDB takes nothing back. The clock goes
on by at least a minute with each step, so that no two things happen at once.
"""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from attendance_project import clock
from attendance_project.tests.lives.counting import ActsOnCounting
from attendance_project.tests.lives.played import Played
from attendance_project.tests.lives.reading import Reading
from attendance_project.tests.lives.whole import WholeLessons

EXAMPLES = max(1, settings.default.max_examples // 10)
"""Each example is a whole life of some thirty steps: fewer of them than of other properties."""
SETTINGS = settings(max_examples=EXAMPLES, stateful_step_count=30)


class LifeOfACourse(WholeLessons, ActsOnCounting, Reading):
    """Does each thing to the product and to the model."""


@pytest.fixture
def clock_of_the_life(db, monkeypatch) -> None:
    """The program's clock shows the time of the life that is played."""
    Played.playing = None
    monkeypatch.setattr(clock, "now", lambda: Played.playing.now)


@pytest.mark.slow
@pytest.mark.long
def test_whatever_happens_everybody_reads_the_figures_of_the_model(clock_of_the_life):
    run_state_machine_as_test(LifeOfACourse, settings=SETTINGS)


@pytest.mark.slow
def test_what_is_ahead_may_be_missed_as_the_model_says(clock_of_the_life):
    life = LifeOfACourse()
    life.begin()
    life.plan_what_is_ahead()
    life.everybody_reads()
