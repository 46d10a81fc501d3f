"""What the filters of all report pages have in common: the days, and how a choice is made.

Filters are read from the address, and every field may be left out.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.domain.days import is_askable

_ALL: list[tuple[str, Any]] = [("", _("All"))]


def _day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"], localize=False
    )


def choice_field(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=_ALL + choices)


class DaysForm(forms.Form):
    """A filter with the fields ``from`` and ``to``. Both days are included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        # "from" is a keyword of Python, so a field of that name cannot be declared in the class.
        self.fields = {"from": _day_field(_("From")), "to": _day_field(_("To")), **self.fields}

    def clean(self) -> dict[str, Any]:
        days = {name: self.cleaned_data.get(name) for name in ("from", "to")}
        for name, day in days.items():
            if day and not is_askable(day):
                self.add_error(name, _("Choose a day between 2000 and 2199."))
        if days["from"] and days["to"] and days["from"] > days["to"]:
            self.add_error("from", _("Choose a first day that is not after the last day."))
        return self.cleaned_data

    def days(self) -> dict[str, str | None]:
        """Return ``first_day`` and ``last_day`` as ``YYYY-MM-DD``. A day left out is None."""
        first, last = self.cleaned_data["from"], self.cleaned_data["to"]
        return {
            "first_day": first.isoformat() if first else None,
            "last_day": last.isoformat() if last else None,
        }
