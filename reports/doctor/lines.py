"""A line of the doctor's: what was looked at, how it stands, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Line:
    """What one check found.

    name    what was looked at
    words   how it stands, as a sentence
    step    what to do next, as a sentence; empty where all is well
    """

    level: Level
    name: str
    words: str
    step: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended before the installation can serve."""
        return self.level is not Level.FAULT

    def __str__(self) -> str:
        return f"{self.level:8} {self.name}: {self.words}" + (
            f" → {self.step}" if self.step else ""
        )


def ok(name: str, words: str) -> Line:
    return Line(Level.OK, name, words)


def warning(name: str, words: str, step: str) -> Line:
    return Line(Level.WARNING, name, words, step)


def fault(name: str, words: str, step: str) -> Line:
    return Line(Level.FAULT, name, words, step)
