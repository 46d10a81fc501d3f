"""The moves that the server asks for: what to tell the person, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Prompt:
    """A move to make from ``start_s`` to ``end_s``, both counted from the start of the burst."""

    move: str
    message: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Challenge:
    """What one burst must show, until ``expires_at``. ``number`` is sent with the burst."""

    number: int
    duration_s: float
    prompts: tuple[Prompt, ...]
    pictures_s: tuple[float, ...]
    """When to take each picture, in seconds from the start of the burst."""

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> Self:
        """The challenge in the answer to a scan, an attempt, a burst or a begun enrolment."""
        given = answer["challenge"]
        prompts = tuple(
            Prompt(each["move"], each["message"], each["start_s"], each["end_s"])
            for each in given["prompts"]
        )
        return cls(given["number"], given["duration_s"], prompts, tuple(given["pictures_s"]))

    def told_at(self, at_s: float) -> str:
        """What to show at that moment. It is empty while the person is to look straight ahead."""
        return next((p.message for p in self.prompts if p.start_s <= at_s < p.end_s), "")
