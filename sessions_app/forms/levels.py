"""What each level asks for, stops and lets pass, as the teacher reads it beside the choice."""

from typing import Any

from django.utils.html import format_html, format_html_join
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
    """Each level with its name and its lines. ``one_in`` is the number in the form, as typed."""
    lines = _lines(_number(one_in))
    return [(value, _choice(str(name), lines[Level(value)])) for value, name in LEVELS]


def _choice(name: str, lines: tuple[str, ...]) -> SafeString:
    rows = format_html_join("", "<span>{}</span>", ((line,) for line in lines))
    return format_html('<span class="level"><b>{}</b>{}</span>', name, rows)


def _number(typed: Any) -> int:
    """What was typed, or the usual number where the form will ask for another."""
    try:
        number = int(typed)
    except (TypeError, ValueError):
        return ONE_IN
    return number if ONE_IN_LEAST <= number <= ONE_IN_MOST else ONE_IN


def _lines(one_in: int) -> dict[Level, tuple[str, ...]]:
    """When each level asks for the face, what it stops and what it lets pass. The page's script
    writes the figures anew when the number changes (static/js/levels.js)."""
    return {
        Level.STRICT: (
            _("Asks for the face at each check-in."),
            _(
                "Stops: a friend who brings the student's phone. Somebody else's face passes about "
                "once in 10,000 tries."
            ),
            _(
                "Lets pass: a video call with the student, or a generated film, that a program "
                "shows in place of the camera."
            ),
        ),
        Level.STANDARD: (
            format_html(
                _(
                    "Asks for the face at the first check-in of the course, after any doubt, on a "
                    "new phone, and by lot one time in {one_in}. Otherwise it asks for the phone's "
                    "screen lock, where the student has a passkey on it."
                ),
                one_in=_figure("one-in", str(one_in)),
            ),
            format_html(
                _(
                    "Stops: a friend who comes again and again. The chance of never being asked "
                    "in {classes} classes is {never} %."
                ),
                classes=CLASSES,
                never=_figure("never", percent(never_caught(one_in))),
            ),
            format_html(
                _("Lets pass: a friend who comes once, {once} % of the time."),
                once=_figure("once", percent(never_caught(one_in, 1))),
            ),
        ),
        Level.ROOM: (
            _("Never asks for the face."),
            _(
                "Stops: codes that are sent to somebody outside, where Bluetooth or the room's "
                "sound is asked for."
            ),
            _("Lets pass: everybody who brings the student's phone, each time."),
        ),
    }


def _figure(name: str, text: str) -> SafeString:
    return format_html('<span data-figure="{}">{}</span>', name, text)
