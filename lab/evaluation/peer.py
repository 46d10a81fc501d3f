"""What face_recognition 1.3.0 does with a picture, step by step, as the peer in benchmarks.

The package itself fails at `import pkg_resources`, which setuptools 81 removed. It is a thin
layer over dlib, and the same calls are made here. Importing this needs requirements-dlib.txt.
"""

from __future__ import annotations

from io import BytesIO

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.engines import weights

TOLERANCE = 0.6
"""The largest distance at which face_recognition calls two faces one person."""
UPSAMPLED = 1
"""How often face_recognition doubles a picture before it looks for faces, by default."""

Encoding = NDArray[np.float64]


class FaceRecognition:
    """A HOG detector, landmarks of 5 points and a ResNet embedder. Raises WeightsMissing."""

    def __init__(self, upsampled: int = UPSAMPLED) -> None:
        self._upsampled = upsampled
        self._detector = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(weights.DLIB_POINTS.verified_path()))
        self._embedder = dlib.face_recognition_model_v1(str(weights.DLIB_NETWORK.verified_path()))

    def encodings(self, image: bytes) -> list[Encoding]:
        """`load_image_file` and `face_encodings`: a vector of 128 numbers for each face."""
        pixels = np.array(Image.open(BytesIO(image)).convert("RGB"))
        return [
            np.array(
                self._embedder.compute_face_descriptor(pixels, self._landmarks(pixels, face), 1)
            )
            for face in self._detector(pixels, self._upsampled)
        ]

    def matches(self, known: Encoding, image: bytes) -> list[bool]:
        """`compare_faces` with each face in the picture."""
        return [
            float(np.linalg.norm(known - encoding)) <= TOLERANCE
            for encoding in self.encodings(image)
        ]
