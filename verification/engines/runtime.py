"""What runs the face networks: one narrow interface, with OpenCV or OpenVINO behind it."""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines.images import Floats
from verification.engines.weights import Weight


class UnusableNetwork(ValueError):
    """The runtime cannot read a file as a network, or the network takes another input."""


class Network(Protocol):
    """One loaded network, which threads must not share: a run's data are stored inside."""

    def run(self, picture: Floats) -> dict[str, Floats]:
        """The outputs by their names, for an input of (1, channels, height, width).

        Raises UnusableNetwork where the network takes another input.
        """
        ...


class Runtime(Protocol):
    """Loads networks, each to be run on the thread that calls it and on no other."""

    def load(self, weight: Weight, *, any_size: bool = False) -> Network:
        """A network of the packaged weights. Raises WeightsMissing.

        any_size    whether it is given pictures of other sizes than the file says
        """
        ...

    def load_supplied(self, onnx: bytes) -> Network:
        """A network that an administrator supplies. Raises UnusableNetwork."""
        ...


def as_input(pixels: NDArray[Any], *, scale: float = 1.0, rgb: bool = False) -> Floats:
    """A BGR picture as a network takes it, (1, 3, height, width), each number times the scale."""
    return np.asarray(cv2.dnn.blobFromImage(pixels, scale, swapRB=rgb), np.float32)
