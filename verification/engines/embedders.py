"""Networks that turn a face into a vector, and score two vectors, each on its own scale."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from verification.engines import weights
from verification.engines.alignment import aligned
from verification.engines.images import Floats, Pixels
from verification.engines.networks import Face
from verification.engines.runtime import Runtime, as_input

VECTOR_LENGTH = 128
"""Numbers in a vector of SFace, and in one of dlib's network."""


class Embedder(Protocol):
    """One set of networks, which threads must not share."""

    name: str

    def embed(self, image: Pixels, face: Face) -> Floats:
        """The vector of a face."""
        ...

    def mean(self, vectors: Sequence[Floats]) -> Floats:
        """One vector for several pictures of the same face."""
        ...

    def scores(self, a: Floats, b: Floats) -> Floats:
        """Scores of rows, higher for more alike faces: (n, v) and (m, v) give (n, m)."""
        ...


class SFace:
    """SFace of OpenCV's model zoo. The score is the cosine of two vectors."""

    name = "opencv-sface-int8"

    def __init__(self, runtime: Runtime) -> None:
        self._network = runtime.load(weights.RECOGNISER)

    def embed(self, image: Pixels, face: Face) -> Floats:
        """A unit vector of 128 numbers."""
        crop = aligned(image, face.row[4:14].reshape(5, 2))
        (vector,) = self._network.run(as_input(crop, rgb=True)).values()
        return unit(vector.ravel())

    def mean(self, vectors: Sequence[Floats]) -> Floats:
        """See Embedder."""
        return unit(np.mean(vectors, axis=0))

    def scores(self, a: Floats, b: Floats) -> Floats:
        """See Embedder."""
        return np.asarray(a @ b.T, np.float32)


class Dlib:
    """dlib's ResNet, on its own five points in the detector's box. The score is the cosine.

    Only the five-point predictor and the network are read of the package's weights, since those of
    the 68-point predictor exclude commercial use.
    """

    name = "dlib-resnet-v1"

    def __init__(self, _runtime: Runtime) -> None:
        if importlib.util.find_spec("dlib") is None:
            raise weights.WeightsMissing(f"dlib is missing: run {weights.DLIB_INSTALL_COMMAND}")
        # It is imported here, since dlib is optional and most installations do without it.
        import dlib

        self._rectangle = dlib.rectangle
        self._points = dlib.shape_predictor(str(weights.DLIB_POINTS.verified_path()))
        self._network = dlib.face_recognition_model_v1(str(weights.DLIB_NETWORK.verified_path()))

    def embed(self, image: Pixels, face: Face) -> Floats:
        """A unit vector of 128 numbers."""
        rgb = np.ascontiguousarray(image[..., ::-1])
        points = self._points(rgb, self._rectangle(*self._square(face)))
        descriptor = self._network.compute_face_descriptor(rgb, points)
        return unit(np.asarray(descriptor, np.float32))

    def _square(self, face: Face) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of a square as dlib's own detector draws it."""
        x, y, width, height = (float(value) for value in face.row[:4])
        half = max(width, height) / 2
        middle_x, middle_y = x + width / 2, y + height / 2
        return tuple(  # type: ignore[return-value]
            round(value)
            for value in (middle_x - half, middle_y - half, middle_x + half, middle_y + half)
        )

    def mean(self, vectors: Sequence[Floats]) -> Floats:
        """See Embedder."""
        return unit(np.mean(vectors, axis=0))

    def scores(self, a: Floats, b: Floats) -> Floats:
        """See Embedder."""
        return np.asarray(a @ b.T, np.float32)


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of an embedder's scores between different people."""

    mean: float
    deviation: float


IMPOSTORS = {
    SFace.name: Spread(0.0884, 0.0889),
    Dlib.name: Spread(0.8352, 0.0352),
}
"""They were measured over 324,290 pairs of 807 photographs of LFW (domain/calibration.py names the
photographs), and make the scores of the two networks comparable."""


class Fused:
    """SFace and dlib together. The score is the mean of both, in impostors' deviations."""

    name = "sface-dlib-fused"

    def __init__(self, runtime: Runtime) -> None:
        self._parts: tuple[Embedder, ...] = (SFace(runtime), Dlib(runtime))

    def embed(self, image: Pixels, face: Face) -> Floats:
        """Two unit vectors one after the other, with 256 numbers."""
        return np.concatenate([part.embed(image, face) for part in self._parts])

    def mean(self, vectors: Sequence[Floats]) -> Floats:
        """See Embedder."""
        stacked = np.stack(list(vectors))
        means = zip(self._parts, _halves(stacked), strict=True)
        return np.concatenate([part.mean(list(own)) for part, own in means])

    def scores(self, a: Floats, b: Floats) -> Floats:
        """See Embedder."""
        total = np.zeros((len(a), len(b)), np.float32)
        for part, of_a, of_b in zip(self._parts, _halves(a), _halves(b), strict=True):
            spread = IMPOSTORS[part.name]
            total += (part.scores(of_a, of_b) - spread.mean) / spread.deviation
        return np.asarray(total / len(self._parts), np.float32)


EMBEDDERS: dict[str, Callable[[Runtime], Embedder]] = {
    "opencv": SFace,
    "dlib": Dlib,
    "fused": Fused,
}
"""Embedders by the engine's name in the settings."""


def _halves(vectors: Floats) -> tuple[Floats, Floats]:
    return vectors[:, :VECTOR_LENGTH], vectors[:, VECTOR_LENGTH:]


def unit(vector: Sequence[float] | Floats) -> Floats:
    """The vector at length one."""
    array = np.asarray(vector, np.float32)
    return np.asarray(array / np.linalg.norm(array), np.float32)
