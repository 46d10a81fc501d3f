"""The levels of a session: how often a check-in asks for the face, in the teacher's words."""

from enum import StrEnum

from sessions_app.domain.requirements import Requirement


class Level(StrEnum):
    """How much a course or a session asks of who checks in.

    Strict asks for the face each time. Standard asks for it at the first check-in of a course,
    after any doubt, on a new phone, and by lot. Code and room only never asks for it.
    """

    STRICT = "strict"
    STANDARD = "standard"
    ROOM = "room"


ONE_IN = 3
"""By lot, Standard asks for the face one time in so many, where the course says nothing else."""
ONE_IN_LEAST, ONE_IN_MOST = 2, 20

CLASSES = 12
"""For so many classes the form says how often a cheat is never caught: a course of one term that
meets once a week."""


def face_of(level: str) -> Requirement:
    """What a level means for the face, where a check-in is asked for it."""
    return Requirement.OFF if level == Level.ROOM else Requirement.REQUIRED


def level_of(requirement: str) -> Level:
    """The level for what older clients ask of the face.

    Preferred let nobody in without a face whom the teacher had not confirmed. Only Strict promises
    that too, so it is Strict: nobody's check becomes weaker because of an old word.
    """
    return Level.ROOM if requirement == Requirement.OFF else Level.STRICT


def never_caught(one_in: int, classes: int = CLASSES) -> float:
    """The chance that somebody who sends a friend to each of so many classes is never asked for the
    face by lot."""
    return (1 - 1 / one_in) ** classes


def percent(chance: float) -> str:
    """A chance in percent, with one digit that says something below 1 and whole above."""
    value = 100 * chance
    return f"{value:.1g}" if value < 1 else f"{value:.0f}"
