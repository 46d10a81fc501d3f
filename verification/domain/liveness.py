"""Judging a burst of frames against the challenge that it should answer.

Everything here is plain data: an engine measures the frames, the numbers are stored, and the
same numbers give the same findings whenever they are judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import inf, isfinite
from statistics import median

from verification.domain.challenge import NEUTRAL_START_S, Challenge, Move, Prompt, draw_challenge
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.domain.moves import MovesSeen, see_moves

__all__ = [
    "NEUTRAL_START_S",
    "Challenge",
    "FrameMeasurement",
    "LivenessFindings",
    "LivenessLimits",
    "LivenessProblem",
    "Move",
    "MoveLimits",
    "Prompt",
    "draw_challenge",
    "judge_film",
    "judge_moves",
]


@dataclass(frozen=True)
class LivenessLimits:
    """The numbers that judging rests on. "Drawn" and "live" mean what they do in MoveLimits."""

    moves: MoveLimits = field(default_factory=MoveLimits)
    frames_max: int = 47
    """A burst at 5 frames a second has 46."""
    frame_gap_min_s: float = 0.06
    """Two moments lie at least 0.25 s apart, but the timers of a busy phone bunch up."""
    picture_late_max_s: float = 0.25
    """How long after its moment a picture may be taken. Any later, a picture of the lead would show
    the reaction, and a held move would be over (MoveLimits)."""
    picture_early_max_s: float = 0.05
    even_gap_max_s: float = 0.45
    """Three frames a second that jitter have such gaps. A longer one could hide a change of person
    or a turn."""
    duration_slack_s: float = 0.8
    """How long after the challenge's end the last frame may be taken."""
    flat_fit_min: float = 0.985
    """How well a flat fit explains a flat picture: the median of the frames that changed most. All
    of 80 drawn prints tilted by 45 degrees had 0.991 or more, and three in four of those tilted by
    60 degrees 0.990. None of 80 heads turned by 20 degrees had more than 0.967, and one in four of
    those turned by 10 degrees more than 0.982; live turns had 0.67-0.92."""
    flat_frames_min: int = 3
    frozen_change_max: float = 0.15
    """Change in grey levels up to which two frames are one picture. Repeated pictures have 0, and
    frames of a quiet sensor 1.5 or more."""
    still_displacement_max: float = 0.06
    """Displacement in eye distances up to which a face is still. None of 131 drawn stills with
    noise exceeded 0.043, and none of 130 people who turned stayed below 0.21."""
    still_frames_min: int = 6


class LivenessProblem(StrEnum):
    """Why a burst is not the person following this challenge."""

    IMPOSSIBLE_TIMES = "impossible_times"
    NO_FRONTAL_START = "no_frontal_start"
    MOVE_MISSING = "move_missing"
    MOVE_UNREADABLE = "move_unreadable"
    MOVE_UNPROMPTED = "move_unprompted"
    FLAT_MOTION = "flat_motion"
    FROZEN = "frozen"


@dataclass(frozen=True)
class LivenessFindings:
    """What became of each prompt, and everything that speaks against a living, prompted person."""

    moves: MovesSeen
    flat: bool
    frozen: bool
    impossible_times: bool

    @property
    def problems(self) -> tuple[LivenessProblem, ...]:
        """Every problem found, in a fixed order; none means that the challenge was met."""
        found = {
            LivenessProblem.IMPOSSIBLE_TIMES: self.impossible_times,
            LivenessProblem.NO_FRONTAL_START: not self.moves.frontal_start,
            LivenessProblem.MOVE_MISSING: bool(self.moves.missing),
            LivenessProblem.MOVE_UNREADABLE: bool(self.moves.unreadable),
            LivenessProblem.MOVE_UNPROMPTED: bool(self.moves.unprompted_at_s),
            LivenessProblem.FLAT_MOTION: self.flat,
            LivenessProblem.FROZEN: self.frozen,
        }
        return tuple(problem for problem, present in found.items() if present)

    @property
    def passed(self) -> bool:
        """True when nothing speaks against the burst."""
        return not self.problems


def judge_moves(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: LivenessLimits
) -> LivenessFindings:
    """Whether the frames show a solid head that made the prompted moves in time, and no others."""
    return LivenessFindings(
        moves=see_moves(frames, challenge, limits.moves),
        flat=_is_flat(frames, limits),
        frozen=_is_frozen(frames, limits),
        impossible_times=_are_impossible_times([frame.at_s for frame in frames], challenge, limits),
    )


def judge_film(
    frames: Sequence[FrameMeasurement], moves: MovesSeen, limits: LivenessLimits
) -> LivenessFindings:
    """The same for a live film, of which the server saw the moves as they came, by its own clock.

    frames  from the person at rest on, with how flat those are that changed most
    """
    return LivenessFindings(
        moves=moves,
        flat=_is_flat(frames, limits),
        # Who did not move at all has not understood, and is asked again. Nobody is accused of it.
        frozen=_is_frozen(frames, limits) if moves.made else _is_repeated(frames, limits),
        impossible_times=False,
    )


def _is_flat(frames: Sequence[FrameMeasurement], limits: LivenessLimits) -> bool:
    """Whether the face changed its shape and a plane explains how: then a picture was moved
    about."""
    fits = [frame.planar_fit for frame in frames if frame.planar_fit is not None]
    return len(fits) >= limits.flat_frames_min and median(fits) >= limits.flat_fit_min


def _is_frozen(frames: Sequence[FrameMeasurement], limits: LivenessLimits) -> bool:
    """Whether one picture was sent many times, or the head does not move at all between frames."""
    shifts = [frame.displacement for frame in frames if frame.displacement is not None]
    if len(shifts) < limits.still_frames_min:
        return False
    return _is_repeated(frames, limits) or max(shifts) <= limits.still_displacement_max


def _is_repeated(frames: Sequence[FrameMeasurement], limits: LivenessLimits) -> bool:
    """Whether one picture was sent many times."""
    changes = [frame.change for frame in frames if frame.change is not None]
    enough = len(changes) + 1 >= limits.still_frames_min
    return enough and median(changes) <= limits.frozen_change_max


def _are_impossible_times(
    times_s: list[float], challenge: Challenge, limits: LivenessLimits
) -> bool:
    """Whether a phone that takes this challenge's burst cannot have had these times."""
    if len(times_s) > limits.frames_max or not times_s or not challenge.prompts:
        return True
    if not all(isfinite(at_s) for at_s in times_s) or times_s[0] < 0:
        return True
    if any(later - earlier < limits.frame_gap_min_s for earlier, later in pairwise(times_s)):
        return True
    latest_end_s = challenge.duration_s + limits.duration_slack_s
    if not challenge.prompts[-1].end_s < times_s[-1] <= latest_end_s:
        return True
    as_asked = _has_each_moment(times_s, challenge.pictures_s, limits)
    return not as_asked and not _is_even(times_s, limits)


def _has_each_moment(
    times_s: list[float], moments_s: Sequence[float], limits: LivenessLimits
) -> bool:
    """Whether each moment has one picture and none has two, or a cheat would take one between
    them."""
    pictures = iter(times_s)
    for moment_s in moments_s:
        from_s = moment_s - limits.picture_early_max_s
        next_s = next((at_s for at_s in pictures if at_s >= from_s), inf)
        if next_s > moment_s + limits.picture_late_max_s:
            return False
    return True


def _is_even(times_s: list[float], limits: LivenessLimits) -> bool:
    """Whether the burst was filmed all the time, as an app may do that heeds no moments."""
    gaps = [later - earlier for earlier, later in pairwise([0.0, *times_s])]
    return max(gaps) <= limits.even_gap_max_s
