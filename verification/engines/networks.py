"""The networks that find a face and its points, each as one function from pixels to numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines import weights
from verification.engines.detecting import Detector
from verification.engines.images import Floats, Pixels
from verification.engines.runtime import Network, Runtime, as_input

DETECTION_SIDE_PX = 320
"""The side of YuNet's picture. It takes four times as long at 640x480 (docs/faces.md)."""
SECOND_FACE_MIN_SHARE = 0.4
"""Share of the widest face's width from which a face counts. Narrower ones sit in rows behind."""
MESH_SIDE_PX = 192
MESH_POINTS = 468
MESH_MARGIN = 1.5
"""How much larger than the face's box the mesh network's crop is (ROI_SCALE of the wheel's
face_landmark.py)."""
MESH_VISIBILITY_MIN = 0.0
"""Log-odds of the mesh network that its crop holds a face."""
EYE_SIDE_PX, EYE_MARGIN = 64, 2.3
"""Side of the eye network's crop, and how much wider than the eye it is (ROI_SCALE of
iris_landmark.py)."""
EYE_POINTS = 71
EYE_LOWER_LID, EYE_UPPER_LID = slice(1, 8), slice(9, 16)
EYE_INNER, EYE_OUTER = 8, 0
"""Indices of the eye network's points for a right eye. A left eye is shown to it mirrored."""

NOSE_TIP, LEFT_MOUTH_CORNER, RIGHT_MOUTH_CORNER = 1, 61, 291
EYE_CORNERS = ((33, 133), (362, 263))
"""Indices in the mesh, for each eye from left to right in the frame."""


@dataclass(frozen=True)
class Face:
    """One face, in pixels of the frame.

    row         YuNet's row: x, y, width, height, five (x, y) landmarks, score
    """

    row: Floats

    @property
    def width_px(self) -> float:
        """The width of the detector's box."""
        return float(self.row[2])

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The face's x, y, width and height in whole pixels."""
        x, y, width, height = (round(float(value)) for value in self.row[:4])
        return x, y, width, height

    @property
    def eyes(self) -> Floats:
        """The two eye centres, the one on the left of the frame first: shape (2, 2)."""
        return self.row[4:8].reshape(2, 2)

    @property
    def eye_distance_px(self) -> float:
        """The distance between the eye centres."""
        return float(np.linalg.norm(self.eyes[1] - self.eyes[0]))

    @classmethod
    def from_mesh(cls, mesh: Floats) -> Face:
        """The face around a mesh, where the detector was not asked."""
        low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
        eyes = [mesh[list(corners), :2].mean(axis=0) for corners in EYE_CORNERS]
        others = [mesh[n, :2] for n in (NOSE_TIP, LEFT_MOUTH_CORNER, RIGHT_MOUTH_CORNER)]
        return cls(np.concatenate([low, high - low, *eyes, *others, [1.0]]).astype(np.float32))


class Networks:
    """One set of networks, which threads must not share."""

    def __init__(self, runtime: Runtime) -> None:
        self._detector = Detector(runtime)
        self._mesh = runtime.load(weights.MESH)
        self._eye = runtime.load(weights.IRIS)

    def faces(self, image: Pixels) -> list[Face]:
        """The faces that count: first the one at which the camera was held, then the widest."""
        scale = min(1.0, DETECTION_SIDE_PX / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        rows = self._detector.rows(small) / np.array([scale] * 14 + [1.0], np.float32)
        if not len(rows):
            return []
        found = sorted((Face(row) for row in rows), key=lambda face: -_prominence(face, image))
        widest = max(face.width_px for face in found)
        return [face for face in found if face.width_px >= SECOND_FACE_MIN_SHARE * widest]

    def mesh(self, image: Pixels, face: Face) -> Floats | None:
        """The face's 468 points (x, y, depth) in pixels of the frame, nearer ones less deep.

        The shape is (468, 3). Returns None where the network sees no face in that place.
        """
        points, visibility = self.mesh_and_visibility(image, face)
        return points if visibility >= MESH_VISIBILITY_MIN else None

    def mesh_and_visibility(self, image: Pixels, face: Face) -> tuple[Floats, float]:
        """The points in any case, and the log-odds that they lie on a face."""
        to_crop = mesh_crop(face)
        crop = cv2.warpAffine(image, to_crop, (MESH_SIDE_PX, MESH_SIDE_PX))
        outputs = _by_size(self._mesh, crop)
        points = outputs[MESH_POINTS * 3].reshape(MESH_POINTS, 3)
        return _to_frame(points, to_crop), float(outputs[1][0])

    def eye_openness(self, image: Pixels, mesh: Floats) -> float:
        """The distance between the lids in eye widths, as the mean of both eyes."""
        return (
            self.one_eye_openness(image, mesh, left=False)
            + self.one_eye_openness(image, mesh, left=True)
        ) / 2

    def one_eye_openness(self, image: Pixels, mesh: Floats, *, left: bool) -> float:
        """The same of one eye, the left or the right one in the frame."""
        corners = EYE_CORNERS[1 if left else 0]
        return self._openness(image, mesh[list(corners), :2], mirrored=left)

    def _openness(self, image: Pixels, corners: Floats, *, mirrored: bool) -> float:
        crop = cv2.warpAffine(image, _eye_crop(corners), (EYE_SIDE_PX, EYE_SIDE_PX))
        upright = cv2.flip(crop, 1) if mirrored else crop
        points = _by_size(self._eye, upright)[EYE_POINTS * 3].reshape(EYE_POINTS, 3)
        gap = points[EYE_LOWER_LID, 1].mean() - points[EYE_UPPER_LID, 1].mean()
        width = np.linalg.norm(points[EYE_INNER, :2] - points[EYE_OUTER, :2])
        return float(abs(gap) / max(float(width), 1.0))


def _by_size(network: Network, crop: NDArray[Any]) -> dict[int, Floats]:
    """The outputs by how many numbers they have, since each runtime names them in its own way."""
    outputs = network.run(as_input(crop, scale=1 / 255.0, rgb=True))
    return {output.size: output.ravel() for output in outputs.values()}


def _prominence(face: Face, image: Pixels) -> float:
    """The width, less where the face is off the middle: a passer-by may be nearer than a person."""
    height, width = image.shape[:2]
    x, y, face_width, face_height = face.row[:4]
    off = np.hypot((x + face_width / 2) / width - 0.5, (y + face_height / 2) / height - 0.5)
    return float(face_width * (1 - off))


def mesh_crop(face: Face) -> NDArray[np.float64]:
    """The affine map (2, 3) from the frame to the mesh network's upright square."""
    x, y, width, height = face.row[:4]
    scale = MESH_SIDE_PX / (max(width, height) * MESH_MARGIN)
    centre = np.array([x + width / 2, y + height / 2])
    return _upright_crop(face.eyes, centre, float(scale), MESH_SIDE_PX)


def _eye_crop(corners: Floats) -> NDArray[np.float64]:
    width = max(float(np.linalg.norm(corners[1] - corners[0])), 1.0)
    scale = EYE_SIDE_PX / (width * EYE_MARGIN)
    return _upright_crop(corners, corners.mean(axis=0), scale, EYE_SIDE_PX)


def _upright_crop(
    axis: Floats, centre: NDArray[np.floating], scale: float, side_px: int
) -> NDArray[np.float64]:
    """The affine map to a square around the centre, in which the axis is level."""
    across, down = axis[1] - axis[0]
    angle = float(np.arctan2(down, across))
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    return np.column_stack([turn, side_px / 2 - turn @ centre])


def _to_frame(points: Floats, to_crop: NDArray[np.float64]) -> Floats:
    back = cv2.invertAffineTransform(to_crop)
    in_frame = np.empty((MESH_POINTS, 3), np.float32)
    in_frame[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
    in_frame[:, 2] = points[:, 2] * np.hypot(back[0, 0], back[1, 0])
    return in_frame
