"""How pages write a day and a time: one format of each kind, which a translation may change."""

from datetime import date, datetime, time

from django import template
from django.utils.dateformat import format as format_date
from django.utils.translation import pgettext_lazy

FORMATS = {
    "day": pgettext_lazy("format of a date", "j M Y"),
    "long day": pgettext_lazy("format of a date", "j F Y"),
    "week day": pgettext_lazy("format of a date", "D j M Y"),
    "long week day": pgettext_lazy("format of a date", "l j F Y"),
    "near day": pgettext_lazy("format of a date", "D j M"),
    "day this year": pgettext_lazy("format of a date", "j M"),
    "day of month": pgettext_lazy("format of a date", "j"),
    "day of year": pgettext_lazy("format of a date", "j F"),
    "time": pgettext_lazy("format of a date", "H:i"),
    "time to the second": pgettext_lazy("format of a date", "H:i:s"),
    "day and time": pgettext_lazy("format of a date", "j M Y, H:i"),
    "long day and time": pgettext_lazy("format of a date", "j F Y, H:i"),
    "week day and time": pgettext_lazy("format of a date", "D j M Y, H:i"),
    "day, time and zone": pgettext_lazy("format of a date", "j M Y, H:i e"),
    "day and time to the second": pgettext_lazy("format of a date", "j M Y, H:i:s"),
}
"""The formats by their names, in the letters of Django's ``date`` filter. Days of the near future
are written without their year."""

register = template.Library()


@register.filter(expects_localtime=True)
def when(value: date | time | str | None, how: str) -> str:
    """The day or time in words. A text is a day in ISO 8601, as some rows keep it. Nothing, and a
    text that is no day, are written as they are.

    In a template a moment is put on the clock of the current time zone, unless it was put on
    another one before, as the filter ``timezone`` does. Elsewhere the caller does that.
    """
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return str(format_date(day, str(FORMATS[how]))) if day else ""


def in_every_form(value: date) -> str:
    """What a search finds a day by, or a moment on its own clock: as pages write it, and ISO."""
    moment = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
    return f"{moment} {when(value, 'long week day')} {when(value, 'week day')}"
