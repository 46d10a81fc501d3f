"""What `manage.py check` says about this app's surroundings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from verification.engines import weights


@register()
def check_weights(**_kwargs: Any) -> list[CheckMessage]:
    """Error E001 while what the chosen engine reads is not installed."""
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
