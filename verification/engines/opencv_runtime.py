"""The networks in OpenCV's own dnn, which every installation has."""

from __future__ import annotations

import cv2
import numpy as np

from verification.engines.images import Floats
from verification.engines.runtime import UnusableNetwork
from verification.engines.weights import Weight


class OpenCVNetwork:
    """Implements Network."""

    def __init__(self, network: cv2.dnn.Net) -> None:
        self._network = network
        self._names = network.getUnconnectedOutLayersNames()

    def run(self, picture: Floats) -> dict[str, Floats]:
        """See Network."""
        try:
            self._network.setInput(picture)
            outputs = self._network.forward(self._names)
        except cv2.error as error:
            raise UnusableNetwork(str(error)) from error
        return {
            name: np.array(output, np.float32)
            for name, output in zip(self._names, outputs, strict=True)
        }


class OpenCVRuntime:
    """Implements Runtime."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)

    def load(self, weight: Weight, *, any_size: bool = False) -> OpenCVNetwork:
        """See Runtime. OpenCV runs any size without being told before."""
        path = str(weight.verified_path())
        read = cv2.dnn.readNetFromTFLite if path.endswith(".tflite") else cv2.dnn.readNetFromONNX
        return OpenCVNetwork(read(path))

    def load_supplied(self, onnx: bytes) -> OpenCVNetwork:
        """See Runtime."""
        try:
            return OpenCVNetwork(cv2.dnn.readNetFromONNX(np.frombuffer(onnx, np.uint8)))
        except (cv2.error, TypeError, ValueError) as error:
            raise UnusableNetwork(str(error)) from error
