"""Face engines: the only code that works on pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock

from django.conf import settings

from verification.domain.calibration import CALIBRATIONS, Calibration
from verification.engines.base import FaceEngine
from verification.engines.runtimes import runtime_named

ENGINES = ("opencv", "dlib", "fused")
"""The engines that see real faces. The first is the default."""

_registered: dict[str, Callable[[], FaceEngine]] = {}
_loading = Lock()


def register(name: str, build: Callable[[], FaceEngine], calibration: Calibration) -> None:
    """Add an engine that is not one of ENGINES, with the calibration of its scores.

    `build` makes the engine when it is first used. Only an app above the product calls this, when
    it starts.
    """
    _registered[name] = build
    CALIBRATIONS[name] = calibration


def get_engine(name: str, runtime: str | None = None) -> FaceEngine:
    """The engine of that name, one for the process. It is loaded when it is first used.

    `name` is one of ENGINES or of a registered engine, `runtime` one of RUNTIMES: the setting's
    where none is said.

    Raises ValueError on another name, WeightsMissing where weights are absent or changed.
    """
    with _loading:
        return _load(name, runtime or settings.FACE_RUNTIME)


@cache
def _load(name: str, runtime_name: str) -> FaceEngine:
    if name in _registered:
        return _registered[name]()
    if name not in ENGINES:
        raise ValueError(f"no face engine is called {name!r}")
    # It is imported here, since commands that measure no face must not wait for OpenCV.
    from verification.engines.embedders import EMBEDDERS
    from verification.engines.measuring import MeasuringEngine
    from verification.engines.passive import PassiveDetector
    from verification.engines.runtime import Runtime

    def passive(runtime: Runtime) -> PassiveDetector | None:
        return PassiveDetector.from_settings(
            settings.FACE_PASSIVE_MODEL,
            scale=settings.FACE_PASSIVE_SCALE,
            real_class=settings.FACE_PASSIVE_REAL_CLASS,
            runtime=runtime,
        )

    return MeasuringEngine(runtime_named(runtime_name), EMBEDDERS[name], passive)
