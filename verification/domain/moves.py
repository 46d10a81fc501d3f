"""Whether a burst shows the moves that were asked for, each measured against the person at rest.

Nothing here compares a person with others: narrow eyes, wide mouths and a phone held low are that
person's own rest, which is what the frames before the first prompt show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from verification.domain.challenge import Challenge, Move, Prompt
from verification.domain.measurements import FrameMeasurement


@dataclass(frozen=True)
class MoveLimits:
    """What counts as a move, and when.

    "Drawn" means frames drawn from LFW photographs by the rendering module, 33 people unless said
    otherwise; "live" means one recorded person of a public set, 621 frames.
    """

    neutral_frames_min: int = 2
    frontal_yaw_max: float = 0.40
    """This is a turn of about 20 degrees. 98 % of 600 frames drawn for enrolment lie below."""
    neutral_spread_max: float = 0.25
    """The most that yaw may vary at rest. Noise and sway give 0.2 at most, a turn that counts
    0.35."""

    turn_yaw_min: float = 0.35
    """Least change of yaw that is a turn. Live turns reach 0.45 to the right and 1.2 to the left;
    drawn ones by 27 degrees reach 0.45."""
    solid_residual_min: float = 0.016
    """The least planar residual of a head that moves. It grows by 0.05-0.065 with yaw, live and
    drawn, and reaches 0.025 when looking up by 25 degrees (drawn, 95 of 100). A still head stays
    below 0.007."""
    look_up_pitch_min: float = 0.06
    """Least change of pitch that is a look up. Live it was 0.19; drawn by 25 degrees it was 0.074
    or more in 95 of 100; turns and smiles give up to 0.035."""
    eyes_shut_max: float = 0.55
    """Eyes count as shut below this part of the person's own openness. Live: 0.1 in both of two
    blinks, 0.5 when looking up. Drawn: 0.48 in the median, because lids are only drawn."""
    smile_width_min: float = 1.10
    """A smile makes the mouth wider than at rest, at least by this factor. Live: 0.96-1.04 at rest,
    1.14 when looking up; a smile gave 1.27 in earlier trials with one person. Drawn: 1.12-1.23 on
    the photographs of the tests."""
    smile_turned_max: float = 0.5
    """Share of a turn or a look up below which a mouth is read, since these moves change it too."""

    eyes_readable_min: float = 0.07
    """Openness at rest from which eyes can be read. Below it, half of the openness drowns in the
    landmarks' noise of 0.03 (live)."""
    eyes_readable_spread_max: float = 0.8
    """Range of the openness at rest, as a share of its median, up to which eyes can be read. Glare
    on glasses makes it jump; live it was 0.3 at most. The lowest third of the frames is left out,
    lest one blink alone makes eyes unreadable."""

    move_frames_min: int = 2
    """How many frames have to show a move. A blink that nobody asked for lasts 0.1-0.4 s, and
    pictures of a move are 0.3 s apart or more."""
    reaction_min_s: float = 0.15
    """Seconds after a prompt's start before which a move is no reaction: people need 0.2 s or more
    to react to something seen."""
    begun_latest_s: float = 1.3
    """How long after the prompt's start the move must have begun: 0.5 s to react and 0.5 s to move,
    and the wait for a picture."""
    held_grace_s: float = 0.35
    """How long after the prompt's end a move may be held: until the person has seen the prompt
    go."""
    return_grace_s: float = 0.85
    """How long after the prompt's end the return may take: 0.5 s to react and all but the last part
    of a return of 0.5 s."""
    lead_s: float = 0.6
    """How long before the prompt the move must not be there yet, because otherwise it is no
    answer."""
    absent_max: float = 0.65
    """The part of a move up to which it counts as absent. Sway, noise and a faint smile stay
    below."""
    stray_yaw_max: float = 0.22
    """This is a turn of about 10 degrees. Nobody sways so much."""


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


@dataclass(frozen=True)
class _Rest:
    """The person's own measures before the first prompt."""

    yaw: float = 0.0
    pitch: float | None = None
    mouth_width: float | None = None
    eye_openness: float | None = None
    """The distance between the lids in eye widths; None where the eyes cannot be read."""


def see_moves(
    frames: Sequence[FrameMeasurement], challenge: Challenge, limits: MoveLimits
) -> MovesSeen:
    """See whether each prompt is answered in its own window, with no turn anywhere else."""
    early = _before_any_reaction(frames, challenge, limits)
    frontal = _is_frontal(early, limits)
    rest = _rest(early, limits) if frontal else _Rest()
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


def _is_frontal(early: list[FrameMeasurement], limits: MoveLimits) -> bool:
    yaws = [frame.yaw for frame in early if frame.yaw is not None]
    if len(yaws) < limits.neutral_frames_min:
        return False
    steady = max(yaws) - min(yaws) <= limits.neutral_spread_max
    return steady and abs(median(yaws)) <= limits.frontal_yaw_max


def _rest(early: list[FrameMeasurement], limits: MoveLimits) -> _Rest:
    openness = [frame.eye_openness for frame in early if frame.eye_openness is not None]
    return _Rest(
        yaw=_middle([frame.yaw for frame in early]) or 0.0,
        pitch=_middle([frame.pitch for frame in early]),
        mouth_width=_middle([frame.mouth_width for frame in early]),
        eye_openness=median(openness) if _are_eyes_readable(openness, limits) else None,
    )


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _are_eyes_readable(openness: list[float], limits: MoveLimits) -> bool:
    if len(openness) < limits.neutral_frames_min:
        return False
    open_ = sorted(openness)[len(openness) // 3 :]
    middle = median(open_)
    steady = open_[-1] - open_[0] <= limits.eyes_readable_spread_max * middle
    return steady and middle >= limits.eyes_readable_min


def _is_readable(move: Move, rest: _Rest, frontal: bool) -> bool:
    """Whether the move can be read. Only a blink can be beyond reading, and without a frontal start
    it was not even tried."""
    return move is not Move.BLINK or not frontal or rest.eye_openness is not None


# --- one move -------------------------------------------------------------------------


def _is_made(
    prompt: Prompt,
    before: Prompt | None,
    frames: Sequence[FrameMeasurement],
    rest: _Rest,
    limits: MoveLimits,
) -> bool:
    """Whether the move is absent before the prompt, there soon after it, and held long enough."""
    earliest_s = prompt.start_s + limits.reaction_min_s
    lead_from_s = _lead_from_s(prompt, before, limits)
    shown = [(frame.at_s, _extent(prompt.move, frame, rest, limits)) for frame in frames]
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


def _extent(move: Move, frame: FrameMeasurement, rest: _Rest, limits: MoveLimits) -> float:
    """How far a frame shows a move: 0 as at rest, 1 as much as counts, 0 where nobody can tell."""
    if move is Move.BLINK:
        return _shut_extent(frame, rest, limits)
    if move is Move.SMILE:
        return _smile_extent(frame, rest, limits)
    if (frame.planar_residual or 0.0) < limits.solid_residual_min:
        return 0.0
    if move is Move.LOOK_UP:
        return _up_extent(frame, rest, limits)
    return _turn_extent(frame, rest, limits) * move.yaw_sign


def _turn_extent(frame: FrameMeasurement, rest: _Rest, limits: MoveLimits) -> float:
    """How far the frame shows a turn, with the sign of its yaw."""
    return 0.0 if frame.yaw is None else (frame.yaw - rest.yaw) / limits.turn_yaw_min


def _up_extent(frame: FrameMeasurement, rest: _Rest, limits: MoveLimits) -> float:
    if frame.pitch is None or rest.pitch is None:
        return 0.0
    return (rest.pitch - frame.pitch) / limits.look_up_pitch_min


def _shut_extent(frame: FrameMeasurement, rest: _Rest, limits: MoveLimits) -> float:
    if frame.eye_openness is None or not rest.eye_openness:
        return 0.0
    return (1 - frame.eye_openness / rest.eye_openness) / (1 - limits.eyes_shut_max)


def _smile_extent(frame: FrameMeasurement, rest: _Rest, limits: MoveLimits) -> float:
    if frame.mouth_width is None or not rest.mouth_width:
        return 0.0
    aside = abs(_turn_extent(frame, rest, limits)), abs(_up_extent(frame, rest, limits))
    if max(aside) > limits.smile_turned_max:
        return 0.0
    return (frame.mouth_width / rest.mouth_width - 1) / (limits.smile_width_min - 1)


# --- turns that nobody asked for ------------------------------------------------------


def _unprompted(
    frames: Sequence[FrameMeasurement], challenge: Challenge, rest: _Rest, limits: MoveLimits
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
