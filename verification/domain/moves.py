"""Whether a burst shows the moves that were asked for, each measured against the person at rest.

Nothing here compares a person with others: narrow eyes, wide mouths and a phone held low are that
person's own rest, which is what the frames before the first prompt show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verification.domain.challenge import Challenge, Move, Prompt
from verification.domain.extents import extent_of
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.domain.rest import Rest, is_frontal, rest_of


@dataclass(frozen=True)
class MovesSeen:
    """What became of each prompt.

    made, missing, unreadable   every prompt's move is in one of them, in the prompts' order
    unprompted_at_s             frames turned away although no prompt asked for it
    frontal_start               False where the person did not face the camera at rest
    blink_spared                no blink was asked for, and these eyes could have been read
    """

    made: tuple[Move, ...]
    missing: tuple[Move, ...]
    unreadable: tuple[Move, ...]
    unprompted_at_s: tuple[float, ...]
    frontal_start: bool
    blink_spared: bool = False


def see_moves(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: MoveLimits
) -> MovesSeen:
    """See whether each prompt is answered in its own window, with no turn anywhere else."""
    early = _before_any_reaction(frames, challenge, limits)
    frontal = is_frontal(early, limits)
    rest = rest_of(early, limits) if frontal else Rest()
    unreadable = [p for p in challenge.prompts if not _is_readable(p.move, rest, frontal)]
    made = [
        prompt
        for before, prompt in zip([None, *challenge.prompts], challenge.prompts, strict=False)
        if prompt not in unreadable and _is_made(prompt, before, frames, rest, limits)
    ]
    missing = [p for p in challenge.prompts if p not in made and p not in unreadable]
    return MovesSeen(
        made=tuple(prompt.move for prompt in made),
        missing=tuple(prompt.move for prompt in missing),
        unreadable=tuple(prompt.move for prompt in unreadable),
        unprompted_at_s=_unprompted(frames, challenge, rest, limits),
        frontal_start=frontal,
        blink_spared=rest.eye_openness is not None
        and all(prompt.move is not Move.BLINK for prompt in challenge.prompts),
    )


# --- the person at rest ---------------------------------------------------------------


def _before_any_reaction(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: MoveLimits
) -> list[FrameMeasurement]:
    """The person at rest: all that was filmed before anybody could have answered a prompt.

    Longer than the neutral start by which engines choose the frame that they compare with
    (engines/sampling.py), since a median gains by each frame and a blink needs several.
    """
    if not challenge.prompts:
        return []
    latest_s = challenge.prompts[0].start_s + limits.reaction_min_s
    return [frame for frame in frames if frame.yaw is not None and frame.at_s <= latest_s]


def _is_readable(move: Move, rest: Rest, frontal: bool) -> bool:
    """Whether the move can be read. Only a blink can be beyond reading, and without a frontal start
    it was not even tried."""
    return move is not Move.BLINK or not frontal or rest.eye_openness is not None


# --- one move -------------------------------------------------------------------------


def _is_made(
    prompt: Prompt,
    before: Prompt | None,
    frames: Sequence[FrameMeasurement],
    rest: Rest,
    limits: MoveLimits,
) -> bool:
    """Whether the move is absent before the prompt, there soon after it, and held long enough."""
    earliest_s = prompt.start_s + limits.reaction_min_s
    lead_from_s = _lead_from_s(prompt, before, limits)
    shown = [(frame.at_s, extent_of(prompt.move, frame, rest, limits)) for frame in frames]
    before_it = [extent for at_s, extent in shown if lead_from_s <= at_s < earliest_s]
    if not before_it or max(before_it) > limits.absent_max:
        return False  # also where no frame shows that it was not there yet
    latest_s = prompt.end_s + limits.held_grace_s
    held = [at_s for at_s, extent in shown if extent >= 1 and earliest_s <= at_s <= latest_s]
    if len(held) < limits.move_frames_min:
        return False
    return held[0] <= prompt.start_s + limits.begun_latest_s


def _lead_from_s(prompt: Prompt, before: Prompt | None, limits: MoveLimits) -> float:
    """The moment from which the move must be absent. Until then the move before may still be
    ending."""
    lead_from_s = prompt.start_s - limits.lead_s
    return max(lead_from_s, before.end_s + limits.return_grace_s) if before else lead_from_s


# --- turns that nobody asked for ------------------------------------------------------


def _unprompted(
    frames: Sequence[FrameMeasurement], challenge: Challenge, rest: Rest, limits: MoveLimits
) -> tuple[float, ...]:
    """Times of frames turned away although no prompt asked for it, or turned to the wrong side."""
    turned = ((f.at_s, f.yaw - rest.yaw) for f in frames if f.yaw is not None)
    return tuple(
        at_s
        for at_s, yaw in turned
        if abs(yaw) > limits.stray_yaw_max
        and not any(_answers(at_s, yaw, prompt, limits) for prompt in challenge.prompts)
    )


def _answers(at_s: float, yaw: float, prompt: Prompt, limits: MoveLimits) -> bool:
    earliest_s = prompt.start_s + limits.reaction_min_s
    latest_s = prompt.end_s + limits.return_grace_s
    return earliest_s <= at_s <= latest_s and yaw * prompt.move.yaw_sign > 0
