"""Agree to face recognition, enrol a face, and withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phone.client import Phone


def texts(phone: Phone) -> list[dict[str, Any]]:
    """The texts to agree to. Show each of them whole."""
    found: list[dict[str, Any]] = phone.get("/face/consent")
    return found


def enrol(phone: Phone, frames: Sequence[bytes], consent_version: str) -> dict[str, Any]:
    """Send three to five frontal pictures, with the version of the text that was agreed to.

    The answer's ``status`` is ``waiting`` where it worked. Otherwise ``hint_messages`` says for
    each picture what to change.
    """
    answer: dict[str, Any] = phone.send_form(
        "/face/enroll", {"consent_version": consent_version}, frames
    )
    return answer


def decline(phone: Phone) -> None:
    """Choose to check in without a face from now on: the teacher confirms instead."""
    phone.post("/face/consent", {"action": "decline"})


def withdraw(phone: Phone) -> None:
    """Withdraw the consent. Every template is deleted at once."""
    phone.delete("/face")
