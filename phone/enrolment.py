"""Agree to face recognition, enrol a face, and withdraw."""

from __future__ import annotations

import json
from typing import Any

from phone.camera import FrontCamera
from phone.challenge import Challenge
from phone.client import Phone


def texts(phone: Phone) -> list[dict[str, Any]]:
    """The texts to agree to. Show each of them whole."""
    found: list[dict[str, Any]] = phone.get("/face/consent")
    return found


def enrol(phone: Phone, front_camera: FrontCamera, consent_version: str) -> dict[str, Any]:
    """Film the moves that the server draws, and send the burst. The version is that of the text
    that was agreed to.

    The answer's ``status`` is ``waiting`` where it worked. Otherwise ``message`` says what to do
    before calling again, which draws other moves.
    """
    begun = phone.post("/face/enroll/challenge", {"consent_version": consent_version})
    challenge = Challenge.from_answer(begun)
    burst = front_camera.film(challenge)
    fields = {
        "challenge": str(challenge.number),
        "times_s": json.dumps([at_s for at_s, _ in burst]),
    }
    answer: dict[str, Any] = phone.send_form("/face/enroll", fields, [frame for _, frame in burst])
    return answer


def decline(phone: Phone) -> None:
    """Choose to check in without a face from now on: the teacher confirms instead."""
    phone.post("/face/consent", {"action": "decline"})


def withdraw(phone: Phone) -> None:
    """Withdraw the consent. Every template is deleted at once."""
    phone.delete("/face")
