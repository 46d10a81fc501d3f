"""Chooses the frames of a burst to recognise: the start, each move and the end.

Nobody else can then take the person's place within the burst.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from verification.domain.challenge import NEUTRAL_START_S, Challenge, Move, Prompt
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.engines.images import Pixels
from verification.engines.networks import Face
from verification.engines.sights import Sight

BEST_TURNED_YAW = 0.45
"""The yaw at which a turned face is part of the move and can still be recognised."""
OTHERS_MOST = 8
"""How many further faces are compared in a burst at most. Each takes about as long as a frame."""
WITHOUT_CHALLENGE = 3
"""Parts of a burst without a challenge. The most frontal frame of each part counts."""


def neutral(sights: Sequence[Sight]) -> Sight | None:
    """The frame of middle yaw in the neutral start, or else the first frame with a face.

    Every challenge has a start without prompts, so this needs no challenge. The domain judges a
    person's rest by all frames before the first prompt (domain/moves.py).
    """
    seen = with_face(sights)
    early = [sight for sight in seen if sight.at_s <= NEUTRAL_START_S] or seen[:1]
    return sorted(early, key=lambda sight: sight.yaw)[len(early) // 2] if early else None


def with_face(sights: Sequence[Sight]) -> list[Sight]:
    """The frames in which a face was found."""
    return [sight for sight in sights if sight.mesh is not None]


def others(sights: Sequence[Sight]) -> list[tuple[Pixels, Face]]:
    """Further faces, each with its picture: from frames all over the burst where there are many."""
    found = [(sight.pixels, face) for sight in sights for face in sight.others]
    step = max(len(found) / OTHERS_MOST, 1.0)
    return [found[int(n * step)] for n in range(min(len(found), OTHERS_MOST))]


def frontal(sights: Sequence[Sight], challenge: Challenge | None) -> list[Sight]:
    """The most frontal frame before the first prompt, and the one after the last.

    Without a challenge it is one of each third.
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


def between(sights: Sequence[Sight], challenge: Challenge) -> list[Sight]:
    """The most frontal frame before a film's first prompt, and the one between its last two.

    A film ends with its last move, so that there is no frame after it.
    """
    seen, prompts = with_face(sights), challenge.prompts
    if not seen or not prompts:
        return []
    start = [sight for sight in seen if sight.at_s <= prompts[0].start_s] or seen[:1]
    rest_yaw = sorted(sight.yaw for sight in start)[len(start) // 2]
    last_end_s = prompts[-2].end_s if len(prompts) > 1 else 0.0
    later = [sight for sight in seen if last_end_s < sight.at_s <= prompts[-1].start_s]
    return [
        min(part, key=lambda sight: abs(sight.yaw - rest_yaw)) for part in (start, later) if part
    ]


def straightest(sights: Sequence[Sight], count: int) -> list[Sight]:
    """The `count` frames that are turned least from rest."""
    rest = neutral(sights)
    if rest is None:
        return []
    return sorted(with_face(sights), key=lambda sight: abs(sight.yaw - rest.yaw))[:count]


def moving(
    sights: Sequence[Sight],
    measured: Sequence[FrameMeasurement],
    challenge: Challenge | None,
    *,
    blink_frames: int = MoveLimits().move_frames_min,
) -> list[Sight]:
    """The frames that show each move most, so that nobody else can make it.

    A blink of a burst has as many as make it count, since it is quick to borrow a friend's lids. In
    a film, whose pictures are a sixth of a second apart, each of them shows shut eyes.
    """
    rest = neutral(sights)
    if rest is None or challenge is None:
        return []
    pairs = [
        (sight, frame)
        for sight, frame in zip(sights, measured, strict=True)
        if sight.mesh is not None
    ]
    found: list[Sight] = []
    for prompt in challenge.prompts:
        during = _during(pairs, prompt)
        during.sort(key=lambda pair: _distance_from_best(prompt.move, pair, rest.yaw))
        count = blink_frames if prompt.move is Move.BLINK else 1
        found += [sight for sight, _ in during[:count]]
    return found


_Pair = tuple[Sight, FrameMeasurement]


def _distance_from_best(move: Move, pair: _Pair, rest_yaw: float) -> float:
    """A low number for the frames that show the move best, or where it is recognised best."""
    sight, frame = pair
    if move.yaw_sign:
        return abs((sight.yaw - rest_yaw) * move.yaw_sign - BEST_TURNED_YAW)
    if move is Move.LOOK_UP:
        return frame.pitch or 0.0
    if move is Move.BLINK:
        return frame.eye_openness or 0.0
    return -(frame.mouth_width or 0.0)


def _during(pairs: Sequence[_Pair], prompt: Prompt) -> list[_Pair]:
    """The frames from a person's reaction until the move has to be over."""
    limits = MoveLimits()
    from_s, to_s = prompt.start_s + limits.reaction_min_s, prompt.end_s + limits.held_grace_s
    return [pair for pair in pairs if from_s <= pair[0].at_s <= to_s]
