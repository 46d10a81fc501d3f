"""The networks in OpenVINO, which takes less than half of OpenCV's time (docs/faces.md)."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import cv2
import numpy as np

from verification.engines.images import Floats
from verification.engines.runtime import UnusableNetwork
from verification.engines.weights import Weight, WeightsMissing, missing_package

CONFIGURATION = {
    # One picture at a time, on the thread that asks, so that as many cores are used as with OpenCV.
    "PERFORMANCE_HINT": "LATENCY",
    "NUM_STREAMS": 1,
    "INFERENCE_NUM_THREADS": 1,
    # Several processes would be tied to the same core.
    "ENABLE_CPU_PINNING": False,
    # Processors that have them would use numbers of 16 bits, and scores would be others.
    "INFERENCE_PRECISION_HINT": "f32",
}
ANY_SIZE = -1


class OpenVINONetwork:
    """Implements Network."""

    def __init__(self, model: Any, core: Any, *, any_size: bool = False) -> None:
        # Names are read first, since a model that is made to take any size forgets some.
        self._names = [output.any_name for output in model.outputs]
        self._takes_colours_last = _colours_are_last(model)
        if any_size:
            model.reshape([1, 3, ANY_SIZE, ANY_SIZE])
        self.compiled = core.compile_model(model, "CPU", CONFIGURATION)
        self._request = self.compiled.create_infer_request()

    def run(self, picture: Floats) -> dict[str, Floats]:
        """See Network."""
        given = np.moveaxis(picture, 1, 3) if self._takes_colours_last else picture
        try:
            outputs = self._request.infer(np.ascontiguousarray(given))
        except RuntimeError as error:
            raise UnusableNetwork(str(error)) from error
        return dict(zip(self._names, outputs.values(), strict=True))


class OpenVINORuntime:
    """Implements Runtime. Raises WeightsMissing where the package is not installed."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        _openvino()

    def load(self, weight: Weight, *, any_size: bool = False) -> OpenVINONetwork:
        """See Runtime."""
        core = _core_for_packaged()
        model = core.read_model(str(weight.verified_path()))
        for parameter in model.get_parameters():
            # SFace's file names its weights as inputs too, under which nothing reads them.
            if not parameter.output(0).get_target_inputs():
                model.remove_parameter(parameter)
        return OpenVINONetwork(model, core, any_size=any_size)

    def load_supplied(self, onnx: bytes) -> OpenVINONetwork:
        """See Runtime."""
        core = _core()
        try:
            return OpenVINONetwork(core.read_model(onnx), core)
        except RuntimeError as error:
            raise UnusableNetwork(str(error)) from error


def _openvino() -> Any:
    if problem := missing_package("openvino"):
        raise WeightsMissing(problem)
    # OpenVINO reports each import to its makers by a package of its own, and does without where
    # that is not found. It is not installed with ours, and not found where somebody else did.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino


@cache
def _core() -> Any:
    return _openvino().Core()


@cache
def _core_for_packaged() -> Any:
    """OpenVINO, taught to expand the packaged files' weights: it refuses those of SFace, in which
    one scale stands for a block of 64 numbers. Networks whose pictures are in whole numbers as well
    cannot be read by it."""
    core = _openvino().Core()
    from openvino.frontend.onnx import ConversionExtension

    core.add_extension(ConversionExtension("DequantizeLinear", _expanded))
    return core


def _expanded(node: Any) -> Any:
    """ONNX's DequantizeLinear of a constant: (whole number - zero point) * scale."""
    from openvino import opset13

    whole, scale, zero = (node.get_input(index).get_node().data for index in range(3))
    axis, block = node.get_attribute("axis"), node.get_attribute("block_size")
    own = tuple(slice(0, length) for length in whole.shape)
    scale, zero = (np.repeat(each, block, axis)[own] for each in (scale, zero))
    return opset13.constant((whole.astype(np.float32) - zero) * scale).outputs()


def _colours_are_last(model: Any) -> bool:
    """Whether the picture is (1, height, width, 3), as TensorFlow has it."""
    shape = model.inputs[0].partial_shape
    return bool(len(shape) == 4 and shape[3].is_static and shape[3].get_length() == 3)
