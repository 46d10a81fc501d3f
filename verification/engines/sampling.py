"""Which frames of a burst are recognised: the start, each move and the end, so that nobody is
swapped in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from verification.domain.challenge import NEUTRAL_START_S, Challenge, Prompt
from verification.domain.moves import MoveLimits
from verification.engines.sights import Sight

BEST_TURNED_YAW = 0.45
"""Turned far enough to be part of the move, and near enough to be recognised."""
WITHOUT_CHALLENGE = 3
"""Parts of a burst that answers none, the most frontal frame of each."""


def neutral(sights: Sequence[Sight]) -> Sight | None:
    """The frame of middle yaw among those taken before any prompt, else the first with a face."""
    seen = with_face(sights)
    early = [sight for sight in seen if sight.at_s <= NEUTRAL_START_S] or seen[:1]
    return sorted(early, key=lambda sight: sight.yaw)[len(early) // 2] if early else None


def with_face(sights: Sequence[Sight]) -> list[Sight]:
    """Those in which a face was found."""
    return [sight for sight in sights if sight.mesh is not None]


def frontal(sights: Sequence[Sight], challenge: Challenge | None) -> list[Sight]:
    """The most frontal frame before the first prompt and the one after the last.

    Without a challenge one of each third.
    """
    seen, rest = with_face(sights), neutral(sights)
    if rest is None:
        return []
    parts = _ends(seen, challenge) if challenge and challenge.prompts else _thirds(seen)
    return [min(part, key=lambda sight: abs(sight.yaw - rest.yaw)) for part in parts if part]


def _thirds(seen: list[Sight]) -> list[list[Sight]]:
    cuts = [round(n * len(seen) / WITHOUT_CHALLENGE) for n in range(WITHOUT_CHALLENGE + 1)]
    return [seen[low:high] for low, high in pairwise(cuts)]


def _ends(seen: list[Sight], challenge: Challenge) -> list[list[Sight]]:
    first, last = challenge.prompts[0], challenge.prompts[-1]
    start = [sight for sight in seen if sight.at_s <= first.start_s]
    end = [sight for sight in seen if sight.at_s > last.end_s]
    return [start or seen[:1], end or seen[-1:]]


def straightest(sights: Sequence[Sight], count: int) -> list[Sight]:
    """The `count` frames turned least from rest."""
    rest = neutral(sights)
    if rest is None:
        return []
    return sorted(with_face(sights), key=lambda sight: abs(sight.yaw - rest.yaw))[:count]


def moving(sights: Sequence[Sight], challenge: Challenge | None) -> list[Sight]:
    """A frame out of the middle of each move, so that nobody else can make it."""
    rest = neutral(sights)
    if rest is None or challenge is None:
        return []
    during = (_during(with_face(sights), prompt) for prompt in challenge.prompts)
    return [
        min(part, key=lambda sight: abs(abs(sight.yaw - rest.yaw) - BEST_TURNED_YAW))
        if prompt.move.yaw_sign
        else part[len(part) // 2]
        for prompt, part in zip(challenge.prompts, during, strict=True)
        if part
    ]


def _during(seen: list[Sight], prompt: Prompt) -> list[Sight]:
    """From when a person has reacted until the prompt ends."""
    limits = MoveLimits()
    from_s, to_s = prompt.start_s + limits.reaction_min_s, prompt.end_s + limits.held_grace_s
    shown = [sight for sight in seen if from_s <= sight.at_s <= to_s]
    return shown[len(shown) // 3 :]
