"""A simulated class goes on where the server is late with an answer."""

import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest

from lab.simulation.people import Student
from lab.simulation.play import PlayedAct
from lab.simulation.stage import Act, Expected, Result, Stage, perform
from phone.api import Connections

NOBODY = cast(Any, None)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage before a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Connections(address, timeout_s=0.1) as connections:
            yield Stage(connections, NOBODY, NOBODY, {"Ann": NOBODY}, NOBODY, "")


def ask(stage: Stage, student: Student) -> Result:
    stage.connections.client.get("/")
    return Result("present")


def wait_for_a_trace(stage: Stage, student: Student) -> Result:
    stage.wait_for("trace", patience_s=0.01)
    return Result("present")


@pytest.mark.parametrize("play", [ask, wait_for_a_trace])
@pytest.mark.parametrize("expected", Expected)
def test_an_act_without_an_answer_ends_as_a_fault_and_not_the_lecture(stage, play, expected):
    act = Act("Ann", "checks in", expected, play)
    result = perform(act, stage)
    assert (result.outcome, result.reasons) == ("unanswered", ("waited_too_long",))
    assert not PlayedAct(act, result).as_it_should
