"""Signs that a burst did not come out of a camera as it was filmed.

An engine measures, this judges: plain data, stored with the attempt and judged again from there.
Somebody who knows these rules can make a film that breaks none of them; they stand against
films that were cut, looped, held or put together by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


@dataclass(frozen=True)
class SamePicture:
    """Two frames in which the face is the same to a fraction of a pixel.

    motion_px       how far the face's texture moved from one to the other: RMS, pixels of the
                    frame as decoded
    difference      RMS of their grey levels, exposure evened out, at the scale of 96 pixels a face
    change_between  the largest such difference of any frame between them from the first, at the
                    scale of 12 pixels; 0 where there is none between
    """

    earlier_s: float
    later_s: float
    motion_px: float
    difference: float
    change_between: float


@dataclass(frozen=True)
class CameraMeasurement:
    """What was measured in one burst.

    times_s             of the frames, in seconds
    same                the pairs of frames whose face moved least, neighbours or not
    noise_correlation   of the finest detail of the frames that differ most, pixel on pixel, -1..1,
                        median; None without faces
    flickers            frames unlike both neighbours, which are like each other
    moire               the highest peaks of the face's spectrum over their surroundings, median;
                        None without a face that is large enough
    encodings           distinct makes of file: format, dimensions, quantisation, camera's name
    """

    times_s: tuple[float, ...] = ()
    same: tuple[SamePicture, ...] = ()
    noise_correlation: float | None = None
    flickers: int = 0
    moire: float | None = None
    encodings: int = 1


@dataclass(frozen=True)
class CameraLimits:
    """The numbers that judging rests on.

    "Drawn" means 120 bursts drawn from LFW photographs, JPEG quality 50-95, 3-5 frames a second
    (a check-in's twelve pictures lie farther apart: docs/films-and-screens.md);
    "live" means one recorded person of a public set, 90 bursts cut from 621 frames. More in
    docs/films-and-screens.md.
    """

    same_motion_max_px: float = 0.07
    """Motion in pixels up to which two frames are one picture. Copies that were compressed again
    move by 0.042 at most, neighbouring frames of a drawn burst by 0.16 or more, and those of a live
    one by 0.9 (by 0.3 after a tenth of a second)."""
    same_difference_max: float = 2.5
    """Difference in grey levels up to which two frames are one picture. Copies that were compressed
    again at quality 62 differ by 0.84 at most."""
    return_change_min: float = 6.0
    """Least change in grey levels between two frames of one picture, for the head to have gone
    elsewhere. A head that turned differs by 20 or more, and one that is held still by 0.8."""
    held_min_s: float = 0.55
    """Least seconds for which one picture is held. A head is never so still for so long; a camera
    that falters shows no picture rather than the same one."""
    noise_correlation_max: float = 0.02
    """Most correlation of the noise of different frames. Drawn bursts have 0.015 at most, and live
    ones 0.003. One sheet of noise over all frames gives 0.014-0.03 at quality 80, 0.022 or more at
    90, and next to nothing at 50."""
    flickers_max: int = 1
    """How many flickers of the scene may be. Drawn and live bursts have none; one may be a hand
    that passes the lens."""
    moire_max: float = 9.0
    """Highest peak without moire, as a multiple of the mean at its frequency. 3,228 pictures (807
    of LFW in four qualities) have 7.2 at most, and live bursts 7.0; screens that were filmed in
    focus have 13-25, and the one public replay clip 6.0."""


class CameraSign(StrEnum):
    """What speaks against a camera."""

    PICTURE_RETURNED = "picture_returned"
    PICTURE_HELD = "picture_held"
    NOISE_REPEATED = "noise_repeated"
    SCENE_FLICKERS = "scene_flickers"
    SCREEN_FILMED = "screen_filmed"
    ENCODINGS_MIXED = "encodings_mixed"


def judge_camera(measured: CameraMeasurement, limits: CameraLimits) -> tuple[CameraSign, ...]:
    """Every sign found, in a fixed order; none speaks against a camera."""
    noise, moire = measured.noise_correlation, measured.moire
    found = {
        CameraSign.PICTURE_RETURNED: any(_is_return(pair, limits) for pair in measured.same),
        CameraSign.PICTURE_HELD: _is_held(measured, limits),
        CameraSign.NOISE_REPEATED: noise is not None and noise > limits.noise_correlation_max,
        CameraSign.SCENE_FLICKERS: measured.flickers > limits.flickers_max,
        CameraSign.SCREEN_FILMED: moire is not None and moire > limits.moire_max,
        CameraSign.ENCODINGS_MIXED: measured.encodings > 1,
    }
    return tuple(sign for sign, present in found.items() if present)


def _is_same(pair: SamePicture, limits: CameraLimits) -> bool:
    return (
        pair.motion_px <= limits.same_motion_max_px
        and pair.difference <= limits.same_difference_max
    )


def _is_return(pair: SamePicture, limits: CameraLimits) -> bool:
    """Whether the head went elsewhere and came back to the same fraction of a pixel."""
    return _is_same(pair, limits) and pair.change_between >= limits.return_change_min


def _is_held(measured: CameraMeasurement, limits: CameraLimits) -> bool:
    """Whether frames one after the other show one picture for longer than a head is still."""
    same = {(pair.earlier_s, pair.later_s) for pair in measured.same if _is_same(pair, limits)}
    held_since = None
    for neighbours in pairwise(measured.times_s):
        if neighbours not in same:
            held_since = None
            continue
        held_since = neighbours[0] if held_since is None else held_since
        if neighbours[1] - held_since >= limits.held_min_s:
            return True
    return False
