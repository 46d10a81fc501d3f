"""A liveness challenge: which moves a person is asked for, and when, within one burst."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sessions_app.domain.wording import gettext_noop

NEUTRAL_START_S = 0.9
"""Seconds before the first prompt. Their frames show the person at rest, and what follows is judged
by them."""
PROMPT_S = 1.3
"""Seconds that a prompt lasts: 0.3-0.5 s to react and 0.4-0.6 s to move leave half a second of a
held move to picture."""
SHORTEST_GAP_S = 1.2
"""Least seconds between two prompts. A head needs 0.6-0.8 s from the end of a prompt to face the
camera again, and a frame has to show it at rest before the next one."""
TAIL_S = 0.5
"""Seconds that a burst lasts after its last prompt, so that a picture shows the person once
more."""
SPARE_S = {2: 1.6, 3: 1.1}
"""Seconds to spare in a burst, by the number of moves. They are spread at random over the pauses,
which makes the times of the prompts hard to guess."""
FIRST_PICTURE_S = 0.3
REST_S = (-0.3, 0.05)
"""When the person is pictured at rest, in seconds from the first prompt's start: nobody has reacted
yet."""
LEAD_S, FEW_LEAD_S = (-0.15,), (-0.75, -0.15)
"""When pictures are taken in which the move must not be there yet, in seconds from the start of
each later prompt. Two of them show a film that is held until the prompt. "Few" means two moves, of
each of which there can be more pictures."""
HELD_S, FEW_HELD_S = (1.0, 1.4), (0.9, 1.2, 1.5)
"""When most people hold the move, in seconds from the prompt's start. Two pictures must show it."""


class Move(StrEnum):
    """A movement the person makes: left and right are the person's own, in unmirrored frames."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    BLINK = "blink"  # the eyes shut for a moment, longer than they do by themselves
    SMILE = "smile"
    LOOK_DOWN = "look_down"
    TILT_LEFT = "tilt_left"  # the head leans to the person's own left shoulder
    TILT_RIGHT = "tilt_right"
    OPEN_MOUTH = "open_mouth"

    @property
    def yaw_sign(self) -> int:
        """The sign of the move's yaw: +1 where the nose goes to the right of the frame, -1 to the
        left, else 0."""
        return {Move.TURN_LEFT: 1, Move.TURN_RIGHT: -1}.get(self, 0)

    @property
    def roll_sign(self) -> int:
        """The sign of the move's roll: +1 where the head leans to the right of the frame, -1 to the
        left, else 0."""
        return {Move.TILT_LEFT: 1, Move.TILT_RIGHT: -1}.get(self, 0)


MOVE_WORDS = {
    Move.TURN_LEFT: gettext_noop("Turn left"),
    Move.TURN_RIGHT: gettext_noop("Turn right"),
    Move.LOOK_UP: gettext_noop("Look up"),
    Move.BLINK: gettext_noop("Close your eyes"),
    Move.SMILE: gettext_noop("Smile"),
    Move.LOOK_DOWN: gettext_noop("Look down"),
    Move.TILT_LEFT: gettext_noop("Tilt head left"),
    Move.TILT_RIGHT: gettext_noop("Tilt head right"),
    Move.OPEN_MOUTH: gettext_noop("Open your mouth"),
}
"""What the phone tells the person."""

TURNS = (Move.TURN_LEFT, Move.TURN_RIGHT)
"""One of them is in every challenge, since only a turn tells a head from a picture of one.

So is a blink, where eyes can be read: a photograph that software turns, or lays over a living
head, keeps its eyes open.
"""


@dataclass(frozen=True)
class Prompt:
    """One move, shown to the person from `start_s` to `end_s` of the burst."""

    move: Move
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Challenge:
    """The prompts of one burst in the order of their times; the pictures follow from them."""

    prompts: tuple[Prompt, ...]
    duration_s: float

    @property
    def pictures_s(self) -> tuple[float, ...]:
        """When a phone takes its pictures, in seconds of the burst: twelve, where they tell most.

        The person at rest, each move, before each later prompt and at the end. A dozen that are
        spread evenly miss every other move (docs/faces.md).
        """
        if not self.prompts:
            return ()
        first = self.prompts[0]
        lead, held = (FEW_LEAD_S, FEW_HELD_S) if len(self.prompts) < 3 else (LEAD_S, HELD_S)
        moments = [FIRST_PICTURE_S, *(first.start_s + after_s for after_s in REST_S)]
        moments += [prompt.start_s + after_s for prompt in self.prompts[1:] for after_s in lead]
        moments += [prompt.start_s + after_s for prompt in self.prompts for after_s in held]
        return tuple(round(moment, 2) for moment in sorted([*moments, self.duration_s]))

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


BURST_MOVES = (*TURNS, Move.LOOK_UP, Move.BLINK, Move.SMILE)
"""The moves that a burst is asked for. A live film has more to draw from (domain/live_moves.py)."""


def draw_challenge(rng: random.Random, *, without: Collection[Move] = ()) -> Challenge:
    """A fresh challenge: two or three different moves in random order at random times.

    Pass `random.SystemRandom()` in earnest.

    without     moves that this person cannot be asked for, such as a blink behind dark glasses;
                turns are drawn all the same
    """
    moves = _draw_moves(rng, without)
    spare_s = SPARE_S[len(moves)]
    prompts: list[Prompt] = []
    end_s, pause_s = 0.0, NEUTRAL_START_S
    for move in moves:
        wait_s = rng.uniform(0.0, spare_s)
        spare_s -= wait_s
        start_s = end_s + pause_s + wait_s
        end_s, pause_s = start_s + PROMPT_S, SHORTEST_GAP_S
        prompts.append(Prompt(move, round(start_s, 2), round(end_s, 2)))
    return Challenge(tuple(prompts), burst_duration_s(len(moves)))


def _draw_moves(rng: random.Random, without: Collection[Move]) -> list[Move]:
    """A turn and a blink, perhaps another, shuffled; where no blink, one more of the others."""
    count = rng.choice(list(SPARE_S))
    possible = [move for move in BURST_MOVES if move in TURNS or move not in without]
    moves = [rng.choice(TURNS), *(move for move in possible if move is Move.BLINK)]
    others = [move for move in possible if move not in moves]
    moves += rng.sample(others, min(count - len(moves), len(others)))
    rng.shuffle(moves)
    return moves


def burst_duration_s(moves: int) -> float:
    """Seconds that a burst lasts: 6.8 s for two moves, 8.8 s for three."""
    between_s = (moves - 1) * SHORTEST_GAP_S
    total_s = NEUTRAL_START_S + moves * PROMPT_S + between_s + SPARE_S[moves] + TAIL_S
    return round(total_s, 2)
