"""A liveness challenge: which moves a person is asked for, and when, within one burst."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NEUTRAL_START_S = 0.9
"""No prompt comes earlier: these frames show the person at rest, and the rest is judged by them."""
CHALLENGE_DURATION_S = 6.4
"""The spare 1.8 s make the times hard to guess: with 1.0 s, twice as many kept bursts fit."""
PROMPT_S = 1.3
"""0.3-0.5 s to react and 0.4-0.6 s to turn leave two frames of a held turn at 3 frames a second."""
SHORTEST_GAP_S = 0.9
"""A head needs 0.6-0.8 s from the end of a prompt to face the camera again."""
TAIL_S = 0.2
PROMPTS_IN_CHALLENGE = 2


class Move(StrEnum):
    """A movement the person makes: left and right are the person's own, in unmirrored frames."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"

    @property
    def yaw_sign(self) -> int:
        """+1 where the move takes the nose towards the right edge of the frame."""
        return 1 if self is Move.TURN_LEFT else -1


@dataclass(frozen=True)
class Prompt:
    """One move, shown to the person from `start_s` to `end_s` of the burst."""

    move: Move
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Challenge:
    """The prompts of one burst in the order of their times."""

    prompts: tuple[Prompt, ...]
    duration_s: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, for the phone and for the attempt."""
        return {
            "duration_s": self.duration_s,
            "prompts": [
                {"move": prompt.move.value, "start_s": prompt.start_s, "end_s": prompt.end_s}
                for prompt in self.prompts
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Challenge:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError on anything else."""
        prompts = tuple(
            Prompt(Move(item["move"]), float(item["start_s"]), float(item["end_s"]))
            for item in data["prompts"]
        )
        return cls(prompts, float(data["duration_s"]))


def draw_challenge(rng: random.Random) -> Challenge:
    """A fresh challenge: moves in random order (one may come twice), prompts at random times.

    Pass `random.SystemRandom()` in earnest. About one kept burst in ten meets another challenge
    than its own (7 % of 2,000 simulated, 7 of 60 drawn): one in four has the order, and of
    those the ones whose prompts came within 0.35 s of the times.
    """
    pauses_s = [NEUTRAL_START_S] + [SHORTEST_GAP_S] * (PROMPTS_IN_CHALLENGE - 1)
    spare_s = CHALLENGE_DURATION_S - TAIL_S - sum(pauses_s) - PROMPTS_IN_CHALLENGE * PROMPT_S
    prompts: list[Prompt] = []
    end_s = 0.0
    for pause_s in pauses_s:
        wait_s = rng.uniform(0.0, spare_s)
        spare_s -= wait_s
        start_s = end_s + pause_s + wait_s
        end_s = start_s + PROMPT_S
        prompts.append(Prompt(rng.choice(list(Move)), round(start_s, 2), round(end_s, 2)))
    return Challenge(tuple(prompts), CHALLENGE_DURATION_S)
