"""Agreeing to face recognition, enrolling, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phone.client import Phone


def texts(phone: Phone) -> list[dict[str, Any]]:
    """What there is to agree to; show each whole."""
    found: list[dict[str, Any]] = phone.get("/face/consent")
    return found


def enrol(phone: Phone, frames: Sequence[bytes], consent_version: str) -> dict[str, Any]:
    """Three to five frontal pictures, with the version of the text that the student agreed to.

    The answer's ``status`` is ``waiting`` where it worked; otherwise ``hint_messages`` has what
    to mend for each picture.
    """
    answer: dict[str, Any] = phone.send_form(
        "/face/enroll", {"consent_version": consent_version}, frames
    )
    return answer


def decline(phone: Phone) -> None:
    """Check in without a face from now on: the teacher confirms instead."""
    phone.post("/face/consent", {"action": "decline"})


def withdraw(phone: Phone) -> None:
    """Every template is deleted at once."""
    phone.delete("/face")
