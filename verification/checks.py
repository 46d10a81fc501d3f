"""What `manage.py check` says about the files and settings that this app needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from verification.engines import runtimes, weights


@register()
def check_weights(**_kwargs: Any) -> list[CheckMessage]:
    """Give error E001 while a file that the chosen engine reads is not installed."""
    absent = weights.missing(settings.FACE_ENGINE)
    if not absent:
        return []
    return [
        Error(
            "Weights of the face networks are missing: "
            + ", ".join(f"{weight.package}/{weight.file}" for weight in absent),
            hint=", ".join(dict.fromkeys(weight.command for weight in absent)),
            id="verification.E001",
        )
    ]


@register()
def check_engine(**_kwargs: Any) -> list[CheckMessage]:
    """Give error E003 where the fake engine would judge real people."""
    problem = fake_engine_in_earnest()
    return [Error(problem, id="verification.E003")] if problem else []


def has_weights() -> bool:
    """Whether the chosen engine finds its files, and the chosen runtime its package."""
    return not weights.missing(settings.FACE_ENGINE) and runtime_missing() is None


def fake_engine_in_earnest() -> str | None:
    """What to tell a person who starts a server with the fake engine, or None without a fault."""
    if settings.FACE_ENGINE != "fake" or settings.FACE_ENGINE_MAY_BE_FAKE:
        return None
    return (
        "FACE_ENGINE=fake is for tests only: it takes a text for a face and lets anybody in. "
        "Set FACE_ENGINE to opencv, dlib or fused."
    )


@register()
def check_runtime(**_kwargs: Any) -> list[CheckMessage]:
    """Give error E004 where the chosen runtime's package is not installed."""
    problem = runtime_missing()
    return [Error(problem, id="verification.E004")] if problem else []


def runtime_missing() -> str | None:
    """What to tell a person who starts a server without its runtime, or None without a fault."""
    problem = weights.missing_package(settings.FACE_RUNTIME)
    return problem and f"FACE_RUNTIME={settings.FACE_RUNTIME} cannot run: {problem}"


@register()
def check_passive_detection(**_kwargs: Any) -> list[CheckMessage]:
    """Give warning W001 without passive attack detection, error E002 where its file is unusable."""
    if not settings.FACE_PASSIVE_MODEL:
        return [
            Warning(
                "Passive attack detection is not configured: recorded or generated films of the "
                "right person are not proven absent",
                hint="Supply a MiniFASNet as ONNX and set FACE_PASSIVE_MODEL to its path; "
                "docs/faces.md says what stands against such films meanwhile.",
                id="verification.W001",
            )
        ]
    problem = _passive_problem()
    return [Error(problem, id="verification.E002")] if problem else []


def _passive_problem() -> str | None:
    # It is imported here, since commands without a network must not wait for OpenCV.
    from verification.engines.passive import PassiveDetector, PassiveModelUnusable

    if runtime_missing():
        return None  # that is said by a check of its own

    try:
        PassiveDetector.from_settings(
            settings.FACE_PASSIVE_MODEL,
            scale=settings.FACE_PASSIVE_SCALE,
            real_class=settings.FACE_PASSIVE_REAL_CLASS,
            runtime=runtimes.runtime_named(settings.FACE_RUNTIME),
        )
    except PassiveModelUnusable as error:
        return str(error)
    return None
