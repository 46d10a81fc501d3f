"""The three networks, each as one function from pixels to numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import LifoQueue

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines import weights
from verification.engines.images import Pixels

Floats = NDArray[np.float32]

DETECTION_SIDE_PX = 320
"""YuNet takes 7 ms at 320x240 and 19 ms at 640x480; a phone at arm's length shows faces > 60 px."""
DETECTION_SCORE_MIN = 0.7
SECOND_FACE_MIN_SHARE = 0.4
"""Faces narrower than this share of the widest sit in the rows behind and do not count."""
MESH_SIDE_PX = 192
MESH_POINTS = 468
MESH_MARGIN = 1.5
"""The mesh network was trained on crops this much larger than the face's box."""


@dataclass(frozen=True)
class Face:
    """One detected face, in pixels of the frame.

    row         YuNet's row: x, y, width, height, five (x, y) landmarks, score
    """

    row: Floats

    @property
    def width_px(self) -> float:
        """Width of the detector's box."""
        return float(self.row[2])

    @property
    def eyes(self) -> Floats:
        """The two eye centres, the one on the left of the frame first: shape (2, 2)."""
        return self.row[4:8].reshape(2, 2)

    @property
    def eye_distance_px(self) -> float:
        """Between the eye centres."""
        return float(np.linalg.norm(self.eyes[1] - self.eyes[0]))


class Networks:
    """One set of networks; not safe to share between threads."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._detector = cv2.FaceDetectorYN.create(
            str(weights.DETECTOR.verified_path()), "", (320, 320), DETECTION_SCORE_MIN
        )
        self._recogniser = cv2.FaceRecognizerSF.create(str(weights.RECOGNISER.verified_path()), "")
        self._mesh = cv2.dnn.readNetFromTFLite(str(weights.MESH.verified_path()))
        self._mesh_outputs = self._mesh.getUnconnectedOutLayersNames()

    def faces(self, image: Pixels) -> list[Face]:
        """The faces that count, widest first."""
        scale = min(1.0, DETECTION_SIDE_PX / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        detected = self._detector.detect(small)[1]
        if detected is None:
            return []
        rows = np.asarray(detected, np.float32) / np.array([scale] * 14 + [1.0], np.float32)
        found = sorted((Face(row) for row in rows), key=lambda face: -face.width_px)
        return [f for f in found if f.width_px >= SECOND_FACE_MIN_SHARE * found[0].width_px]

    def aligned(self, image: Pixels, face: Face) -> Pixels:
        """The face turned upright and scaled as the recogniser wants it, 112x112 BGR."""
        return np.asarray(self._recogniser.alignCrop(image, face.row), np.uint8)

    def embedding(self, aligned: Pixels) -> Floats:
        """Unit vector of 128 numbers."""
        vector = np.asarray(self._recogniser.feature(aligned), np.float32).ravel()
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def mesh(self, image: Pixels, face: Face) -> Floats:
        """468 points (x, y, depth) in pixels of the frame, smaller depth nearer: shape (468, 3)."""
        to_crop = mesh_crop(face)
        crop = cv2.warpAffine(image, to_crop, (MESH_SIDE_PX, MESH_SIDE_PX))
        self._mesh.setInput(cv2.dnn.blobFromImage(crop, 1 / 255.0, swapRB=True))
        outputs = self._mesh.forward(self._mesh_outputs)
        points = next(np.asarray(out) for out in outputs if np.size(out) == MESH_POINTS * 3)
        return _to_frame(points.reshape(MESH_POINTS, 3).astype(np.float32), to_crop)


def mesh_crop(face: Face) -> NDArray[np.float64]:
    """The affine map (2, 3) from the frame to the mesh network's upright square."""
    (left, right), (x, y, width, height) = face.eyes, face.row[:4]
    angle = float(np.arctan2(right[1] - left[1], right[0] - left[0]))
    scale = MESH_SIDE_PX / (max(width, height) * MESH_MARGIN)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    centre_x, centre_y, middle = x + width / 2, y + height / 2, MESH_SIDE_PX / 2
    return np.array(
        [
            [cos, sin, middle - cos * centre_x - sin * centre_y],
            [-sin, cos, middle + sin * centre_x - cos * centre_y],
        ]
    )


def _to_frame(points: Floats, to_crop: NDArray[np.float64]) -> Floats:
    back = cv2.invertAffineTransform(to_crop)
    in_frame = np.empty((MESH_POINTS, 3), np.float32)
    in_frame[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
    in_frame[:, 2] = points[:, 2] * np.hypot(back[0, 0], back[1, 0])
    return in_frame


class NetworkPool:
    """Lends sets of networks to threads: one set each, a fixed number of sets, made when needed."""

    def __init__(self, size: int) -> None:
        self._sets: LifoQueue[Networks | None] = LifoQueue()
        for _ in range(size - 1):
            self._sets.put(None)
        self._sets.put(Networks())

    @contextmanager
    def lend(self) -> Iterator[Networks]:
        """A set for the calling thread alone; waits while all are out."""
        networks = self._sets.get()
        try:
            networks = networks or Networks()
            yield networks
        finally:
            self._sets.put(networks)
