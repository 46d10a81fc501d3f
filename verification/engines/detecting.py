"""Finds faces: YuNet's numbers become boxes and points, as OpenCV's FaceDetectorYN makes them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines import weights
from verification.engines.images import Floats
from verification.engines.runtime import Runtime, as_input

STRIDES_PX = (8, 16, 32)
"""The network looks in three grids, with so many pixels from one cell to the next."""
SCORE_MIN = 0.7
OVERLAP_MAX = 0.3
"""Two boxes that share more than this of their area, seen together, are one face: the better one
stays."""


class Detector:
    """One loaded YuNet, which threads must not share."""

    def __init__(self, runtime: Runtime) -> None:
        self._network = runtime.load(weights.DETECTOR, any_size=True)

    def rows(self, image: NDArray[Any]) -> Floats:
        """The faces, best first, in rows of 15: x, y, width, height, five (x, y) points, score."""
        padded = _padded(image)
        outputs = self._network.run(as_input(padded))
        columns = padded.shape[1]
        rows = np.concatenate(
            [_rows_of(outputs, stride, columns // stride) for stride in STRIDES_PX]
        )
        boxes = rows[:, :4].astype(np.int32).tolist()
        kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), SCORE_MIN, OVERLAP_MAX)
        return rows[np.asarray(kept, int)]


def _padded(image: NDArray[Any]) -> NDArray[Any]:
    """The picture with black to its right and below, so that the widest cells fit into it."""
    below, right = (-side % STRIDES_PX[-1] for side in image.shape[:2])
    return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0)


def _rows_of(outputs: dict[str, Floats], stride: int, columns: int) -> Floats:
    """What one grid sees. Offsets are in cells, from the corner of the cell that saw the face."""
    face, certain = (np.clip(outputs[f"{name}_{stride}"].ravel(), 0, 1) for name in ("cls", "obj"))
    scores = np.sqrt(face * certain)
    seen = np.flatnonzero(scores >= SCORE_MIN)
    corner = np.column_stack([seen % columns, seen // columns]).astype(np.float32)
    box = outputs[f"bbox_{stride}"].reshape(-1, 4)[seen]
    points = outputs[f"kps_{stride}"].reshape(-1, 10)[seen]
    size = np.exp(box[:, 2:]) * stride
    low = (corner + box[:, :2]) * stride - size / 2
    marks = (np.tile(corner, 5) + points) * stride
    return np.column_stack([low, size, marks, scores[seen]]).astype(np.float32)
