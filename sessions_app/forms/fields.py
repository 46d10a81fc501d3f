"""The fields that several forms of teaching have."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DATE = {"type": "date"}
_TIME = {"type": "time"}
ISO = "%Y-%m-%d"


def date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format=ISO, attrs=_DATE)
    return forms.DateField(label=label, widget=widget, **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs=_TIME)
    return forms.TimeField(label=label, widget=widget, **options)


def in_reach(day: date) -> date:
    """Refuse a day outside of these years. It is a slip, and zones overflow near their ends."""
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError(_("Choose a date between 2000 and 2100."))
    return day
