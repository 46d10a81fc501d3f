"""The runtimes that an installation can choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verification.engines.runtime import Runtime

RUNTIMES = ("opencv", "openvino")
"""The first is the default."""


def runtime_named(name: str) -> Runtime:
    """The runtime, one of RUNTIMES. Raises ValueError on another name, and WeightsMissing where its
    package is not installed."""
    # They are imported here, since commands that measure no face must not wait for OpenCV, and
    # OpenVINO is optional.
    if name == "opencv":
        from verification.engines.opencv_runtime import OpenCVRuntime

        return OpenCVRuntime()
    if name == "openvino":
        from verification.engines.openvino_runtime import OpenVINORuntime

        return OpenVINORuntime()
    raise ValueError(f"no runtime is called {name!r}")
