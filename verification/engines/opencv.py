"""The real engine: YuNet finds faces, SFace recognises them, a mesh of 468 points tells turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import cv2
import numpy as np

from verification.domain.challenge import NEUTRAL_START_S
from verification.domain.liveness import FrameMeasurement
from verification.engines.base import BurstMeasurement, EnrolmentMeasurement, Template
from verification.engines.flatness import (
    LEFT_CHEEK,
    RIGHT_CHEEK,
    planar_fit,
    planar_residual,
    shape_change,
)
from verification.engines.images import Pixels, read_image
from verification.engines.networks import Face, Floats, NetworkPool, Networks

NETWORK_SETS = 2
"""At most this many bursts are measured at once in a process; a set takes about 100 MB."""
NOSE_TIP = 1
"""Index in the mesh."""
TURNED_YAW, BEST_TURNED_YAW = 0.30, 0.45
"""Turned frames nearest to the second are embedded: far enough to count, near enough to compare."""

FIT_FRAMES, FIT_SHAPE_CHANGE_MIN = 4, 0.02
"""The fit costs 10 ms: only these many frames, and only where a face changed its shape at all:
a still head stays below 0.01, a turn by 10 degrees or a tilt by 35 reaches 0.02."""


@dataclass(frozen=True)
class _Sight:
    """A frame with what was found in it; no face leaves all but pixels and count empty."""

    at_s: float
    pixels: Pixels
    faces: int
    face: Face | None = None
    mesh: Floats | None = None
    aligned: Pixels | None = None
    yaw: float = 0.0


class OpenCVEngine:
    """Implements FaceEngine with OpenCV's networks on one CPU thread."""

    name = "opencv-sface-int8"

    def __init__(self) -> None:
        self._pool = NetworkPool(NETWORK_SETS)

    def measure_burst(
        self, frames: Sequence[bytes], times_s: Sequence[float], reference: Template | None
    ) -> BurstMeasurement:
        """See FaceEngine."""
        if reference is not None and reference.engine != self.name:
            raise ValueError("the reference was made by another engine")
        with self._pool.lend() as networks:
            sights = _look(networks, frames, times_s)
            frontal = [_embed(networks, sight) for sight in _frontal_samples(sights)]
            turned = [_embed(networks, sight) for sight in _turned_samples(sights)]
        return BurstMeasurement(
            frames=_measurements(sights),
            comparison_score=_comparison(frontal, reference),
            lowest_self_score=_lowest_score(frontal + turned),
            faces_max=max((sight.faces for sight in sights), default=0),
            frames_without_face=sum(sight.faces == 0 for sight in sights),
        )

    def enrol(self, frames: Sequence[bytes]) -> EnrolmentMeasurement:
        """See FaceEngine."""
        times_s = [float(index) for index in range(len(frames))]
        with self._pool.lend() as networks:
            sights = _look(networks, frames, times_s)
            vectors = [_embed(networks, sight) for sight in sights if sight.faces == 1]
        return EnrolmentMeasurement(
            frames=_measurements(sights),
            agreement_scores=tuple(float(a @ b) for a, b in combinations(vectors, 2)),
            template=self._template(vectors),
        )

    def describe(self, image: bytes) -> Template | None:
        """See FaceEngine."""
        pixels = read_image(image)
        with self._pool.lend() as networks:
            faces = networks.faces(pixels)[:1]
            vectors = [networks.embedding(networks.aligned(pixels, face)) for face in faces]
        return self._template(vectors)

    def compare(self, a: Template, b: Template) -> float:
        """See FaceEngine."""
        if not a.engine == b.engine == self.name:
            raise ValueError("templates of another engine cannot be compared")
        return float(np.dot(_unit(a.vector), _unit(b.vector)))

    def _template(self, vectors: list[Floats]) -> Template | None:
        if not vectors:
            return None
        return Template(self.name, tuple(_unit(np.mean(vectors, axis=0)).tolist()))


def _unit(vector: Sequence[float] | Floats) -> Floats:
    array = np.asarray(vector, np.float32)
    return np.asarray(array / np.linalg.norm(array), np.float32)


def _look(networks: Networks, frames: Sequence[bytes], times_s: Sequence[float]) -> list[_Sight]:
    return [
        _see(networks, read_image(frame), at_s) for frame, at_s in zip(frames, times_s, strict=True)
    ]


def _see(networks: Networks, pixels: Pixels, at_s: float) -> _Sight:
    found = networks.faces(pixels)
    if not found:
        return _Sight(at_s, pixels, faces=0)
    mesh = networks.mesh(pixels, found[0])
    return _Sight(
        at_s,
        pixels,
        faces=len(found),
        face=found[0],
        mesh=mesh,
        aligned=networks.aligned(pixels, found[0]),
        yaw=mesh_yaw(mesh),
    )


def mesh_yaw(mesh: Floats) -> float:
    """Nose tip along the cheek axis: 0 midway, +1 over the cheek on the right of the frame."""
    left, right, nose = mesh[LEFT_CHEEK, :2], mesh[RIGHT_CHEEK, :2], mesh[NOSE_TIP, :2]
    axis = right - left
    return float(2 * np.dot(nose - (left + right) / 2, axis) / max(float(np.dot(axis, axis)), 1.0))


def _with_face(sights: list[_Sight]) -> list[_Sight]:
    return [sight for sight in sights if sight.face is not None]


def _neutral(sights: list[_Sight]) -> _Sight | None:
    """The frame of middle yaw among those taken before any prompt, else the first with a face."""
    seen = _with_face(sights)
    early = [sight for sight in seen if sight.at_s <= NEUTRAL_START_S] or seen[:1]
    return sorted(early, key=lambda sight: sight.yaw)[len(early) // 2] if early else None


def _measurements(sights: list[_Sight]) -> tuple[FrameMeasurement, ...]:
    neutral = _neutral(sights)
    if neutral is None or neutral.mesh is None:
        return tuple(FrameMeasurement(sight.at_s, sight.faces) for sight in sights)
    fits = _planar_fits(sights, neutral.pixels, neutral.mesh)
    before = [None, *sights]
    return tuple(
        _measurement(sight, previous, neutral.mesh, fits.get(sight.at_s))
        for sight, previous in zip(sights, before, strict=False)
    )


def _planar_fits(sights: list[_Sight], pixels: Pixels, start: Floats) -> dict[float, float]:
    """By time, the fit of the frames in which the face's shape differs most from the start."""
    changes = [
        (shape_change(start, sight.mesh), sight.at_s, sight.pixels, sight.mesh)
        for sight in sights
        if sight.mesh is not None
    ]
    changed = [each for each in changes if each[0] >= FIT_SHAPE_CHANGE_MIN]
    strongest = sorted(changed, key=lambda each: -each[0])[:FIT_FRAMES]
    return {at_s: planar_fit(pixels, start, now, mesh) for _, at_s, now, mesh in strongest}


def _measurement(
    sight: _Sight, previous: _Sight | None, start: Floats, fit: float | None
) -> FrameMeasurement:
    if sight.face is None or sight.aligned is None or sight.mesh is None:
        return FrameMeasurement(sight.at_s, sight.faces)
    grey = cv2.cvtColor(sight.aligned, cv2.COLOR_BGR2GRAY)
    eye_distance_px = sight.face.eye_distance_px
    shift_px = np.linalg.norm(sight.mesh[:, :2] - start[:, :2], axis=1).mean()
    return FrameMeasurement(
        at_s=sight.at_s,
        faces=sight.faces,
        eye_distance_px=round(eye_distance_px, 1),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_32F).std()), 2),
        brightness=round(float(grey.mean()), 1),
        yaw=round(sight.yaw, 4),
        planar_residual=round(planar_residual(start, sight.mesh), 5),
        planar_fit=None if fit is None else round(fit, 4),
        displacement=round(float(shift_px / max(eye_distance_px, 1.0)), 5),
        change=None if previous is None else _change(sight.face, previous.pixels, sight.pixels),
    )


def _change(face: Face, before: Pixels, now: Pixels) -> float | None:
    """Mean absolute difference, in grey levels, over the box in which the face is now."""
    if before.shape != now.shape:
        return None
    x, y, width, height = (max(int(value), 0) for value in face.row[:4])
    box = np.s_[y : y + height, x : x + width]
    if not now[box].size:
        return None
    return round(float(cv2.absdiff(before[box], now[box]).mean()), 3)


def _embed(networks: Networks, sight: _Sight) -> Floats:
    if sight.aligned is None:
        raise ValueError("a frame without a face has no embedding")
    return networks.embedding(sight.aligned)


def _frontal_samples(sights: list[_Sight]) -> list[_Sight]:
    """The most frontal frame of each third of the burst."""
    seen, neutral = _with_face(sights), _neutral(sights)
    straight = neutral.yaw if neutral is not None else 0.0
    thirds = [part.tolist() for part in np.array_split(np.arange(len(seen)), 3)]
    return [
        min((seen[index] for index in third), key=lambda sight: abs(sight.yaw - straight))
        for third in thirds
        if third
    ]


def _turned_samples(sights: list[_Sight]) -> list[_Sight]:
    """One frame from each half of the turned frames, so that nobody else can do the turning."""
    neutral = _neutral(sights)
    if neutral is None:
        return []

    def turn(sight: _Sight) -> float:
        return abs(sight.yaw - neutral.yaw)

    turned = [sight for sight in _with_face(sights) if turn(sight) >= TURNED_YAW]
    half = (len(turned) + 1) // 2
    return [
        min(part, key=lambda sight: abs(turn(sight) - BEST_TURNED_YAW))
        for part in (turned[:half], turned[half:])
        if part
    ]


def _comparison(vectors: list[Floats], reference: Template | None) -> float | None:
    if reference is None or not vectors:
        return None
    target = _unit(reference.vector)
    return float(median(float(vector @ target) for vector in vectors))


def _lowest_score(vectors: list[Floats]) -> float | None:
    return min((float(a @ b) for a, b in combinations(vectors, 2)), default=None)
