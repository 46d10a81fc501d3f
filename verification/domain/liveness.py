"""Judging a burst of frames against the challenge that it should answer.

Everything here is plain data: an engine measures the frames, the numbers are stored, and the
same numbers give the same findings whenever they are judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import Any

from verification.domain.challenge import NEUTRAL_START_S, Challenge, Move, Prompt, draw_challenge

__all__ = [
    "NEUTRAL_START_S",
    "Challenge",
    "FrameMeasurement",
    "LivenessFindings",
    "LivenessLimits",
    "LivenessProblem",
    "Move",
    "Prompt",
    "draw_challenge",
    "judge_moves",
]


@dataclass(frozen=True)
class FrameMeasurement:
    """What an engine saw in one frame; where there is no face, all but the first two are None.

    eye_distance_px     between the eye centres, in pixels of the frame as sent
    sharpness           deviation of the Laplacian over the face at the recogniser's scale
    brightness          mean grey of the face, 0-255
    yaw                 nose tip along the cheek axis: 0 frontal, +1 nose over the cheek that is on
                        the right in the frame (the person turned to their own left)
    planar_residual     what is left of the landmarks' motion since the neutral frames after the
                        best homography, in face heights: near 0 for anything flat
    planar_fit          correlation of the face's pixels with the start's under the best homography,
                        -1..1, near 1 for anything flat; only in the frames that changed most
    displacement        mean landmark motion since the neutral frames, in eye distances
    change              mean absolute grey change of the face's pixels since the frame before, 0-255
    """

    at_s: float
    faces: int
    eye_distance_px: float | None = None
    sharpness: float | None = None
    brightness: float | None = None
    yaw: float | None = None
    planar_residual: float | None = None
    planar_fit: float | None = None
    displacement: float | None = None
    change: float | None = None


@dataclass(frozen=True)
class LivenessLimits:
    """The numbers that judging rests on.

    "Drawn" means bursts drawn from LFW photographs by the rendering module; "live" means one
    recorded person of a public set, 621 frames.
    """

    frames_min: int = 12
    frames_max: int = 34
    """Phones take 3-5 frames a second over 6.4 s: 19 to 32."""
    frame_gap_min_s: float = 0.06
    """A third of the gap at 5 frames a second: timers of a busy phone bunch up."""
    frame_gap_max_s: float = 0.8
    """A longer hole could hide a change of person or a whole turn."""
    first_frame_latest_s: float = 0.7
    duration_slack_s: float = 0.8
    """By so much the last frame may miss the last prompt's end or outlast the challenge."""
    neutral_frames_min: int = 2
    frontal_yaw_max: float = 0.40
    """About 20 degrees: of 600 frames drawn for enrolment 98 % lie below."""
    neutral_spread_max: float = 0.25
    """Noise and sway give 0.2 at most; a turn that counts 0.35."""
    turn_yaw_min: float = 0.35
    """Live turns reach 0.45 (to the right) and 1.2 (left), drawn ones by 27 degrees 0.45."""
    turn_residual_min: float = 0.016
    """Grows by 0.05-0.065 with yaw, live and drawn; a still head stays below 0.005."""
    turn_frames_min: int = 2
    stray_yaw_max: float = 0.22
    """About 10 degrees, more than anybody sways."""
    flat_fit_min: float = 0.985
    """Median of the frames that changed most. Of 80 drawn prints tilted by 45 degrees all had
    0.991 or more, by 60 degrees three in four 0.990; of 80 heads turned by 20 degrees none
    over 0.967, by 10 degrees one in four over 0.982; live turns 0.67-0.92."""
    flat_frames_min: int = 3
    reaction_min_s: float = 0.15
    """People need 0.2 s or more to react to something seen; earlier is not a reaction."""
    turned_latest_s: float = 1.3
    """From the prompt's start: 0.5 s to react and 0.5 s to turn, and one frame."""
    turned_grace_s: float = 0.35
    """From the prompt's end: a held turn lasts until the person has seen the prompt go."""
    return_grace_s: float = 0.85
    """From the prompt's end: 0.5 s to react and all but the last of a return of 0.5 s."""
    frozen_change_max: float = 0.15
    """Grey levels. Repeated pictures have 0, frames of a quiet sensor 1.5 or more."""
    still_displacement_max: float = 0.06
    """Eye distances. Of 131 drawn stills with noise none exceeded 0.043, of 130 people who turned
    none stayed below 0.21."""
    still_frames_min: int = 6


class LivenessProblem(StrEnum):
    """Why a burst is not the person following this challenge."""

    IMPOSSIBLE_TIMES = "impossible_times"
    NO_FRONTAL_START = "no_frontal_start"
    MOVE_MISSING = "move_missing"
    MOVE_UNPROMPTED = "move_unprompted"
    FLAT_MOTION = "flat_motion"
    FROZEN = "frozen"


@dataclass(frozen=True)
class LivenessFindings:
    """What became of each prompt, and everything that speaks against a living, prompted person."""

    made: tuple[Move, ...]
    missing: tuple[Move, ...]
    unprompted_at_s: tuple[float, ...]
    flat: bool
    frozen: bool
    impossible_times: bool
    frontal_start: bool

    @property
    def problems(self) -> tuple[LivenessProblem, ...]:
        """Every problem found, in a fixed order; none means that the challenge was met."""
        found = {
            LivenessProblem.IMPOSSIBLE_TIMES: self.impossible_times,
            LivenessProblem.NO_FRONTAL_START: not self.frontal_start,
            LivenessProblem.MOVE_MISSING: bool(self.missing),
            LivenessProblem.MOVE_UNPROMPTED: bool(self.unprompted_at_s),
            LivenessProblem.FLAT_MOTION: self.flat,
            LivenessProblem.FROZEN: self.frozen,
        }
        return tuple(problem for problem, present in found.items() if present)

    @property
    def passed(self) -> bool:
        """True when nothing speaks against the burst."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, for the attempt."""
        return {
            "made": [move.value for move in self.made],
            "missing": [move.value for move in self.missing],
            "unprompted_at_s": list(self.unprompted_at_s),
            "flat": self.flat,
            "frozen": self.frozen,
            "impossible_times": self.impossible_times,
            "frontal_start": self.frontal_start,
        }


def judge_moves(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: LivenessLimits
) -> LivenessFindings:
    """Whether the frames show a solid head that made the prompted moves in time, and no others.

    All yaw is relative to the same person's frontal frames before the first prompt.
    """
    neutral_yaw = _neutral_yaw(frames, challenge, limits)
    turns = _turns(frames, neutral_yaw if neutral_yaw is not None else 0.0)
    made = [_is_made(prompt, turns, limits) for prompt in challenge.prompts]
    return LivenessFindings(
        made=_moves(challenge, made, wanted=True),
        missing=_moves(challenge, made, wanted=False),
        unprompted_at_s=_unprompted(turns, challenge, limits),
        flat=_is_flat(frames, limits),
        frozen=_is_frozen(frames, limits),
        impossible_times=_are_impossible_times([frame.at_s for frame in frames], challenge, limits),
        frontal_start=neutral_yaw is not None,
    )


@dataclass(frozen=True)
class _Turn:
    at_s: float
    yaw: float
    residual: float


def _moves(challenge: Challenge, made: list[bool], *, wanted: bool) -> tuple[Move, ...]:
    pairs = zip(challenge.prompts, made, strict=True)
    return tuple(prompt.move for prompt, is_made in pairs if is_made is wanted)


def _neutral_yaw(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: LivenessLimits
) -> float | None:
    """The person's own yaw before the first prompt; None where they did not face the camera."""
    if not challenge.prompts:
        return None
    latest_s = challenge.prompts[0].start_s + limits.reaction_min_s
    yaws = [frame.yaw for frame in frames if frame.yaw is not None and frame.at_s <= latest_s]
    if len(yaws) < limits.neutral_frames_min:
        return None
    if max(yaws) - min(yaws) > limits.neutral_spread_max:
        return None
    middle = median(yaws)
    return middle if abs(middle) <= limits.frontal_yaw_max else None


def _turns(frames: Sequence[FrameMeasurement], neutral_yaw: float) -> list[_Turn]:
    return [
        _Turn(frame.at_s, frame.yaw - neutral_yaw, frame.planar_residual or 0.0)
        for frame in frames
        if frame.yaw is not None
    ]


def _is_made(prompt: Prompt, turns: list[_Turn], limits: LivenessLimits) -> bool:
    """Enough turned frames, the first of them soon after the prompt and none before a reaction."""
    turned_at_s = [
        turn.at_s
        for turn in turns
        if turn.yaw * prompt.move.yaw_sign >= limits.turn_yaw_min
        and turn.residual >= limits.turn_residual_min
        and prompt.start_s + limits.reaction_min_s <= turn.at_s
        and turn.at_s <= prompt.end_s + limits.turned_grace_s
    ]
    if len(turned_at_s) < limits.turn_frames_min:
        return False
    return turned_at_s[0] <= prompt.start_s + limits.turned_latest_s


def _unprompted(
    turns: list[_Turn], challenge: Challenge, limits: LivenessLimits
) -> tuple[float, ...]:
    """Times of frames turned away although no prompt asked for it, or turned to the wrong side."""
    return tuple(
        turn.at_s
        for turn in turns
        if abs(turn.yaw) > limits.stray_yaw_max
        and not any(_is_answer(turn, prompt, limits) for prompt in challenge.prompts)
    )


def _is_answer(turn: _Turn, prompt: Prompt, limits: LivenessLimits) -> bool:
    within = (
        prompt.start_s + limits.reaction_min_s <= turn.at_s <= prompt.end_s + limits.return_grace_s
    )
    return within and turn.yaw * prompt.move.yaw_sign > 0


def _is_flat(frames: Sequence[FrameMeasurement], limits: LivenessLimits) -> bool:
    """The face changed its shape, and a plane explains how: a picture moved about."""
    fits = [frame.planar_fit for frame in frames if frame.planar_fit is not None]
    return len(fits) >= limits.flat_frames_min and median(fits) >= limits.flat_fit_min


def _is_frozen(frames: Sequence[FrameMeasurement], limits: LivenessLimits) -> bool:
    """One picture sent many times, or a head that does not move at all between frames."""
    changes = [frame.change for frame in frames if frame.change is not None]
    shifts = [frame.displacement for frame in frames if frame.displacement is not None]
    if len(shifts) < limits.still_frames_min:
        return False
    repeated = bool(changes) and median(changes) <= limits.frozen_change_max
    return repeated or max(shifts) <= limits.still_displacement_max


def _are_impossible_times(
    times_s: list[float], challenge: Challenge, limits: LivenessLimits
) -> bool:
    """Times that a phone taking this challenge's burst cannot have had."""
    if not limits.frames_min <= len(times_s) <= limits.frames_max or not challenge.prompts:
        return True
    if not all(isfinite(at_s) for at_s in times_s):
        return True
    gaps = [later - earlier for earlier, later in pairwise(times_s)]
    if min(gaps) < limits.frame_gap_min_s or max(gaps) > limits.frame_gap_max_s:
        return True
    if not 0 <= times_s[0] <= limits.first_frame_latest_s:
        return True
    earliest_end_s = challenge.prompts[-1].end_s - limits.duration_slack_s
    return not earliest_end_s <= times_s[-1] <= challenge.duration_s + limits.duration_slack_s
