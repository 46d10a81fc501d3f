"""The messages of the live film (docs/live-film.md): what a phone sends, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.utils.encoders import JSONEncoder

from attendance_project.refusals import Kind, Refusal
from verification import services
from verification.api import presenting
from verification.domain.live_film import Shown
from verification.domain.live_moves import MOVES
from verification.words import hint_in_words, move_in_words

EVERY_MS, IN_FLIGHT = 120, 2
"""Seven pictures a second show a blink of a quarter of a second twice. Nine would end a film 0.2 s
sooner and cost a sixth more CPU time (docs/faces.md). Two on their way keep a slow network busy:
with 400 ms to and fro there are five a second."""
WIDE, HIGH = 360, 480
MOST_BYTES = 60_000
"""Most bytes of a picture: one of that size at quality 80 has 20 to 30 kB."""
DONE, FAILED = 1000, 1011
CLOSE_CODES = {
    "bad_message": 4400,
    "ticket_not_valid": 4401,
    "attempt_decided": 4401,
    "attempt_expired": 4401,
    "no_good_face": 4404,
    "film_stalled": 4408,
    "picture_too_large": 4413,
    "image_too_costly": 4413,
    "unreadable_image": 4415,
    "too_many_pictures": 4429,
    "live_film_busy": 4503,
    "face_check_busy": 4504,
}
"""The code with which the server closes, by the code of the refusal; for all others FAILED."""
_LONGEST = 4000
"""Most characters of a ticket and of a proof."""


@dataclass(frozen=True)
class Begin:
    """The first message of a phone."""

    ticket: str
    proof: str
    finish: bool


def read_begin(text: str | None) -> Begin:
    """Read the first message. Raises Refusal ``bad_message`` for any other."""
    try:
        said = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise bad_message() from error
    if not isinstance(said, dict) or said.get("type") != "begin":
        raise bad_message()
    finish = said.get("finish", False)
    if not isinstance(finish, bool):
        raise bad_message()
    return Begin(_short_text(said.get("ticket")), _short_text(said.get("proof")), finish)


def _short_text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise bad_message()
    return value


def ready(number: int) -> str:
    return _text(
        {
            "type": "ready",
            "number": number,
            "moves": MOVES,
            "every_ms": EVERY_MS,
            "in_flight": IN_FLIGHT,
            "wide": WIDE,
            "high": HIGH,
            "most_bytes": MOST_BYTES,
        }
    )


def seen(shown: Shown) -> str:
    return _text(
        {
            "type": "seen",
            "phase": shown.phase.value,
            "done": shown.done,
            "hint": shown.hint,
            "hint_message": hint_in_words(shown.hint) if shown.hint else None,
            "move": shown.move.value if shown.move else None,
            "message": move_in_words(shown.move) if shown.move else None,
        }
    )


def result(step: services.StepResult, now: datetime) -> str:
    shown = presenting.step_of(step, now)
    return _text({"type": "result", "step": shown, "decision": shown["decision"]})


def refused(error: Refusal) -> str:
    return _text({"type": "refused", "code": error.code, "message": error.sentence})


def bad_message() -> Refusal:
    return Refusal("bad_message", _("This message is not understood."), Kind.INVALID)


def too_large() -> Refusal:
    return Refusal(
        "picture_too_large",
        _("The picture has too many bytes. Send smaller ones."),
        Kind.TOO_COSTLY,
    )


def too_many() -> Refusal:
    return Refusal(
        "too_many_pictures",
        _("Send the next picture when the last ones were answered."),
        Kind.TOO_MANY,
    )


def stalled() -> Refusal:
    return Refusal("film_stalled", _("The film took too long. Start again."), Kind.CONFLICT)


def no_good_face() -> Refusal:
    return Refusal(
        "no_good_face",
        _(
            "No face could be seen well. Look for more light, and hold the phone in front of your "
            "face."
        ),
        Kind.CONFLICT,
    )


def busy() -> Refusal:
    return Refusal(
        "live_film_busy",
        _("Many people are being checked just now. You are filmed first, and then checked."),
        Kind.UNAVAILABLE,
    )


def _text(message: Mapping[str, Any]) -> str:
    return json.dumps(message, cls=JSONEncoder, ensure_ascii=False)
