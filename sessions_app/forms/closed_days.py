"""The forms for the days on which the institution is closed."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.fields import ISO, date_field, in_reach
from sessions_app.forms.imports import UploadForm
from sessions_app.models import NAME_LENGTH

_MOST_DAYS = 120
"""The longest holidays are those of summer. More would be a slip in the year."""


class ClosedDaysForm(forms.Form):
    """One closed day, or all the days of a holiday."""

    first = date_field(_("Day, or first day"))
    last = date_field(_("Last day"), required=False, help_text=_("Leave empty for one day."))
    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)

    def clean_first(self) -> date:
        return in_reach(self.cleaned_data["first"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Choose a last day that is not before the first."))
        elif first and last and last - first > timedelta(days=_MOST_DAYS):
            self.add_error("last", _("Choose an earlier last day: 120 days at most at once."))
        return cleaned

    def days(self) -> list[date]:
        first = self.cleaned_data["first"]
        last = self.cleaned_data["last"] or first
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class HolidaysForm(UploadForm):
    file = forms.FileField(
        label=_("Calendar file (.ics)"),
        help_text=_("Each event that lasts whole days is a closed day."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )


class UntilForm(forms.Form):
    """The last day of a range that is taken back. Without it, one day is."""

    until = forms.DateField(required=False, input_formats=[ISO])
