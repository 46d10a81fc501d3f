"""Draws the moves that a live film asks for. The server keeps them, and tells each in its turn."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from verification.domain.challenge import TURNS, Move

MOVES = 3
"""How many moves a live film asks for."""
OTHERS = (
    Move.LOOK_UP,
    Move.LOOK_DOWN,
    Move.TILT_LEFT,
    Move.TILT_RIGHT,
    Move.SMILE,
    Move.OPEN_MOUTH,
    *TURNS,
)
"""The third move, beside the turn and the blink, is one of these."""


def draw_moves(
    rng: random.Random, *, without: Collection[Move] = (), before: Sequence[Move] = ()
) -> tuple[Move, ...]:
    """Three different moves in random order: a turn, a blink and another.

    There are 78 such orders, and a film made for one of them fits another draw with a chance of 1.4
    in 100 (`chance_of_a_film`). Pass `random.SystemRandom()` in earnest.

    without     moves that this person cannot be asked for, such as a blink behind dark glasses;
                turns are drawn all the same
    before      the moves that the person was asked for last, which are not drawn again
    """
    while True:
        moves = _drawn(rng, without)
        if moves != tuple(before):
            return moves


def _drawn(rng: random.Random, without: Collection[Move]) -> tuple[Move, ...]:
    """A turn and a blink and one of the others; where no blink, one more of the others."""
    moves = [rng.choice(TURNS)]
    if Move.BLINK not in without:
        moves.append(Move.BLINK)
    others = [m for m in OTHERS if m not in moves and (m in TURNS or m not in without)]
    moves += rng.sample(others, min(MOVES - len(moves), len(others)))
    rng.shuffle(moves)
    return tuple(moves)


def chance_of_a_film() -> float:
    """How often a film that shows one draw's moves in their order fits another draw."""
    kinds = len(OTHERS) - 1  # the turn itself is no other
    orders = 6
    both_turns, draws = 2.0, 2 * kinds * orders
    return (2 * (kinds - 1) * orders + orders * both_turns**2) / draws**2
