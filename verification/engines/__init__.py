"""Face engines: the only place that works on pixels."""

from __future__ import annotations

from functools import cache
from threading import Lock

from django.conf import settings

from verification.engines.base import FaceEngine

ENGINES = ("opencv", "dlib", "fused")
"""Those that see real faces; the first is the default."""

_loading = Lock()


def get_engine(name: str) -> FaceEngine:
    """The process's one engine of that name, one of ENGINES or "fake", loaded at its first use.

    Raises ValueError on another name, WeightsMissing where weights are absent or altered.
    """
    with _loading:
        return _load(name)


@cache
def _load(name: str) -> FaceEngine:
    # Imported here: the fake must work where OpenCV or the weights are not installed.
    if name == "fake":
        from verification.engines.fake import FakeEngine

        return FakeEngine()
    if name not in ENGINES:
        raise ValueError(f"no face engine is called {name!r}")
    from verification.engines.embedders import EMBEDDERS
    from verification.engines.measuring import MeasuringEngine
    from verification.engines.passive import PassiveDetector

    def passive() -> PassiveDetector | None:
        return PassiveDetector.from_settings(
            settings.FACE_PASSIVE_MODEL,
            scale=settings.FACE_PASSIVE_SCALE,
            real_class=settings.FACE_PASSIVE_REAL_CLASS,
        )

    return MeasuringEngine(EMBEDDERS[name], passive)
