"""What each level asks for, stops and lets pass, as the teacher reads it beside the choice."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sessions_app.domain.levels import (
    CLASSES,
    ONE_IN,
    ONE_IN_LEAST,
    ONE_IN_MOST,
    Level,
    never_caught,
    percent,
)
from sessions_app.models import LEVELS


def level_choices(one_in: Any) -> list[tuple[str, SafeString]]:
    """Each level with its name and its words. ``one_in`` is the number in the form, as typed."""
    words = _words(_number(one_in))
    return [
        (value, format_html("<span><b>{}</b> {}</span>", name, words[Level(value)]))
        for value, name in LEVELS
    ]


def _number(typed: Any) -> int:
    """What was typed, or the usual number where the form will ask for another."""
    try:
        number = int(typed)
    except (TypeError, ValueError):
        return ONE_IN
    return number if ONE_IN_LEAST <= number <= ONE_IN_MOST else ONE_IN


def _words(one_in: int) -> dict[Level, str]:
    """The words of each level. The page's script writes the figures anew when the number changes
    (static/js/levels.js)."""
    return {
        Level.STRICT: _(
            "The face at each check-in. Stops a friend with the student's phone: somebody else's "
            "face passes about once in 10,000 tries. Lets pass: a video call with the student, or "
            "a generated film, that a program shows in place of the camera."
        ),
        Level.STANDARD: format_html(
            _(
                "The face at the first check-in of the course, after any doubt, on a new phone, "
                "and by lot one time in {one_in}. Otherwise the phone's lock, where the student "
                "has a passkey on it. Stops a friend who comes again and again: in {classes} "
                "classes, {never} % are never asked for the face. Lets pass: a friend who comes "
                "once, {once} % of the time."
            ),
            one_in=_figure("one-in", str(one_in)),
            classes=CLASSES,
            never=_figure("never", percent(never_caught(one_in))),
            once=_figure("once", percent(never_caught(one_in, 1))),
        ),
        Level.ROOM: _(
            "No face. Stops codes that were sent to somebody who is not in the room, as far as "
            "Bluetooth or the room's sound is asked for. Lets pass: everybody who brings the "
            "student's phone, each time."
        ),
    }


def _figure(name: str, text: str) -> SafeString:
    return format_html('<span data-figure="{}">{}</span>', name, text)
