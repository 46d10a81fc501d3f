"""What an act has at hand, and what comes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from lab.simulation.browser import Browser
from lab.simulation.classroom import Room
from lab.simulation.people import Student
from phone.api import Blocked, Connections


class Expected(StrEnum):
    IN = "in"  # present or late
    REVIEW = "review"
    OUT = "out"  # refused, or the call blocked
    NOT_IN = "not in"  # refused, or left to the teacher, who sees nobody to confirm


@dataclass(frozen=True)
class Result:
    outcome: str
    """One of present, late, review, refused, blocked and unanswered."""
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass
class Stage:
    """The room with everyone in it."""

    connections: Connections
    room: Room
    other_room: Room
    students: dict[str, Student]
    colleague: Browser
    password: str
    shared: dict[str, Any] = field(default_factory=dict)
    """What one act leaves for another, such as a copied trace."""
    arrived: dict[str, threading.Event] = field(default_factory=dict)

    def hand_over(self, name: str, value: Any) -> None:
        self.shared[name] = value
        self._event(name).set()

    def wait_for(self, name: str, patience_s: float = 120.0) -> Any:
        if not self._event(name).wait(patience_s):
            raise TimeoutError(f"nobody handed over {name}")
        return self.shared[name]

    def _event(self, name: str) -> threading.Event:
        return self.arrived.setdefault(name, threading.Event())


Play = Callable[[Stage, Student], Result]


@dataclass(frozen=True)
class Act:
    who: str
    what: str
    expected: Expected
    play: Play
    slow: bool = False
    """Whether it must begin early, since it waits for something to expire."""


def perform(act: Act, stage: Stage) -> Result:
    """Play the act and time it. An answer that is an error is a result too, and so is none in time.

    On a busy machine one late answer would otherwise end the lecture for the whole class.
    """
    began = time.monotonic()
    try:
        result = act.play(stage, stage.students[act.who])
    except Blocked as blocked:
        result = Result("blocked", (blocked.code,))
    except (httpx.TimeoutException, TimeoutError):
        result = Result("unanswered", ("waited_too_long",))
    return Result(result.outcome, result.reasons, time.monotonic() - began)


def result_of(answer: dict[str, Any]) -> Result:
    """The result in a decision, or in the answer of a step that ended the attempt."""
    decision = answer.get("decision") if "accepted" in answer else answer
    if decision is None:
        reasons = tuple(reason["code"] for reason in answer["reasons"])
        return Result("refused" if not answer["accepted"] else "undecided", reasons)
    return Result(decision["outcome"], tuple(reason["code"] for reason in decision["reasons"]))
