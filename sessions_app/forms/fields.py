"""The fields that several forms of teaching have."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.domain.series import END_OF_DAY

_DATE = {"type": "date"}
_TIME = {"type": "time"}
ISO = "%Y-%m-%d"
NEXT_DAY = _("An earlier time than the start is on the next day. 00:00 is midnight.")


def date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format=ISO, attrs=_DATE)
    return forms.DateField(label=label, widget=widget, **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs=_TIME)
    return forms.TimeField(label=label, widget=widget, **options)


class EndField(forms.TimeField):
    """When a session ends. "24:00" is the end of the day, which becomes `END_OF_DAY`."""

    def to_python(self, value: Any) -> time | None:
        if str(value).strip() in ("24:00", "24:00:00"):
            return END_OF_DAY
        return super().to_python(value)


def end_field(label: Any, **options: Any) -> EndField:
    return EndField(label=label, widget=forms.TimeInput(format="%H:%M", attrs=_TIME), **options)


def in_reach(day: date) -> date:
    """Refuse a day outside of these years. It is a slip, and zones overflow near their ends."""
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError(_("Choose a date between 2000 and 2100."))
    return day
