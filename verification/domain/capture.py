"""Whether a frame is good enough to recognise a face in, and what to tell the person if not."""

from __future__ import annotations

from dataclasses import dataclass

from verification.domain.liveness import FrameMeasurement


@dataclass(frozen=True)
class CaptureLimits:
    """What an enrolment frame must reach; the checks of a check-in use the same numbers."""

    eye_distance_min_px: float = 40.0
    sharpness_min: float = 8.0
    brightness_min: float = 50.0
    brightness_max: float = 220.0
    yaw_max: float = 0.40
    agreement_min: float = 0.50


def capture_hint(frame: FrameMeasurement, limits: CaptureLimits) -> str | None:
    """The first thing to mend, as a stable code, or None where the frame is good.

    Codes: no_face, several_faces, too_small, too_dark, too_bright, blurred, not_frontal.
    """
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
    )
    return next((code for code, failed in checks if failed), None)
