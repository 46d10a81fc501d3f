"""What `manage.py check` says about this app's surroundings."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from verification.engines import weights


@register()
def check_weights(**_kwargs: Any) -> list[CheckMessage]:
    """Error E001 while a network's weights are not installed."""
    absent = weights.missing()
    if not absent:
        return []
    return [
        Error(
            f"Weights of the face networks are missing: {', '.join(absent)}",
            hint=weights.INSTALL_COMMAND,
            id="verification.E001",
        )
    ]
