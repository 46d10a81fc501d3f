"""Whether a frame is good enough to recognise a face in, and what to tell the person if not."""

from __future__ import annotations

from dataclasses import dataclass

from sessions_app.domain.wording import gettext_noop
from verification.domain.measurements import FrameMeasurement


@dataclass(frozen=True)
class CaptureLimits:
    """What an enrolment frame must reach; the checks of a check-in use the same numbers.

    "Drawn" means 523 frames drawn from 131 LFW photographs, which are smaller and softer than
    a phone's pictures; "live" means one recorded person of a public set.
    """

    eye_distance_min_px: float = 40.0
    """Least distance between the eyes in pixels. The recogniser's own picture of a face has 35 px,
    so with less it would invent some."""
    sharpness_min: float = 6.0
    """Least sharpness. Drawn frames have 6.1 to 51, with a median of 14; live it was 26. Three
    faces that were blurred to 6 still score 0.87 or more against themselves, and only 0.63 blurred
    to 3."""
    brightness_min: float = 35.0
    """Least brightness in grey levels. Dimmed to 35-42 the same faces score 0.81 or more. It is no
    higher, lest dark skin be turned away."""
    brightness_max: float = 210.0
    """Most brightness in grey levels. Drawn frames have 176 at most. Lightened beyond 205 the same
    faces fall to 0.42-0.88, since their skin is clipped."""
    visibility_min: float = 16.0
    """Least visibility of an uncovered face. 3 of 602 frontal LFW photographs lie below, and 20 of
    31 with a mask drawn over mouth and nose. A head that is bent down falls below 10 (live). Dark
    glasses make no difference: 19 or more."""
    yaw_max: float = 0.40
    """This is a turn of about 20 degrees. 98 of 100 drawn frames lie below."""
    agreement_fmr: float = 1e-3
    """The highest false-match rate of the lowest score between two frames. Frames of one person lie
    under 1e-4 with each engine, frames of two people above 1e-2 (tests/test_engine_contract.py)."""


HINT_WORDS = {
    "no_face": gettext_noop("Keep your face in the oval."),
    "several_faces": gettext_noop("Only one face may be in the picture. Move away from others."),
    "too_small": gettext_noop("Come closer."),
    "too_dark": gettext_noop("Too dark. Turn towards a lamp or a window."),
    "too_bright": gettext_noop("Too bright. Turn away from the lamp or the window."),
    "blurred": gettext_noop("Hold the phone still, and wipe its lens."),
    "not_frontal": gettext_noop("Hold the phone at eye level and look straight at it."),
    "covered": gettext_noop("Show your whole face: no mask, no hand, chin up."),
}
"""What to do about each, for the person who holds the phone."""


def capture_hint(frame: FrameMeasurement, limits: CaptureLimits) -> str | None:
    """The first thing to mend, a key of HINT_WORDS, or None where the frame is good."""
    if frame.faces == 0:
        return "no_face"
    if frame.faces > 1:
        return "several_faces"
    return _quality_hint(frame, limits)


def _quality_hint(frame: FrameMeasurement, limits: CaptureLimits) -> str | None:
    brightness = frame.brightness or 0.0
    checks = (
        ("too_small", (frame.eye_distance_px or 0.0) < limits.eye_distance_min_px),
        ("too_dark", brightness < limits.brightness_min),
        ("too_bright", brightness > limits.brightness_max),
        ("blurred", (frame.sharpness or 0.0) < limits.sharpness_min),
        ("not_frontal", frame.yaw is None or abs(frame.yaw) > limits.yaw_max),
        ("covered", (frame.visibility or 0.0) < limits.visibility_min),
    )
    return next((code for code, failed in checks if failed), None)
