"""The numbers that an engine measures in the frames of a burst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FrameMeasurement:
    """What an engine saw in one frame; where there is no face, all but the first two are None.

    eye_distance_px     between the eye centres, in pixels of the frame as sent
    sharpness           deviation of the Laplacian over the face at the recogniser's scale
    brightness          mean grey of the face, 0-255
    visibility          log-odds, by the mesh network, that a whole face lies where its points do
    yaw                 nose tip along the cheek axis: 0 frontal, +1 nose over the cheek that is on
                        the right in the frame (the person turned to their own left)
    pitch               nose tip along the axis from forehead to chin, 0-1: about 0.5, less when
                        looking up
    roll                lean of the eyes' axis in degrees: 0 level, + where the head leans to the
                        right of the frame (to the person's own left shoulder)
    mouth_width         between the corners of the mouth, in spans of the outer eye corners
    mouth_gap           between the lips' inner edges, in spans of the outer eye corners: next to
                        nothing when shut
    eye_openness        between the lids, in eye widths, mean of both eyes: about 0.2, next to
                        nothing when shut; only in frames in which a blink is judged
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
    visibility: float | None = None
    yaw: float | None = None
    pitch: float | None = None
    roll: float | None = None
    mouth_width: float | None = None
    mouth_gap: float | None = None
    eye_openness: float | None = None
    planar_residual: float | None = None
    planar_fit: float | None = None
    displacement: float | None = None
    change: float | None = None
