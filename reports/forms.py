"""What narrows a report, read from the address. Every field may be left out."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.queries.registers import ATTENDED
from sessions_app.models import AttendanceStatus, SessionState
from verification.domain.reasons import RULES
from verification.models import Outcome

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
ALL: list[tuple[str, Any]] = [("", _("All"))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"], localize=False
    )


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=ALL + choices)


class DaysForm(forms.Form):
    """``from`` and ``to``, both days included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        # "from" is a word of Python's and cannot be an attribute.
        self.fields = {"from": _day(_("From")), "to": _day(_("To")), **self.fields}

    def clean(self) -> dict[str, Any]:
        days = {name: self.cleaned_data.get(name) for name in ("from", "to")}
        for name, day in days.items():
            if day and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, _("Choose a day of this century or the next."))
        if days["from"] and days["to"] and days["from"] > days["to"]:
            self.add_error("from", _("Choose a day that is not after the last one."))
        return self.cleaned_data

    def days(self) -> dict[str, str | None]:
        """``first_day`` and ``last_day`` as ``YYYY-MM-DD``."""
        first, last = self.cleaned_data["from"], self.cleaned_data["to"]
        return {
            "first_day": first.isoformat() if first else None,
            "last_day": last.isoformat() if last else None,
        }


class CourseReportForm(DaysForm):
    show = _choice(_("Students"), [("at-risk", _("At risk"))])


class RegisterForm(DaysForm):
    status = _choice(_("Status"), [(ATTENDED, _("Attended, also late")), *AttendanceStatus.choices])
    student = forms.UUIDField(required=False, widget=forms.HiddenInput)
    course = forms.UUIDField(required=False, widget=forms.HiddenInput)


class InstitutionForm(RegisterForm):
    department = forms.CharField(label=_("Department"), required=False, max_length=100)


class TodayForm(DaysForm):
    """``when=today`` stands for the day that it is at each session's place."""

    when = forms.ChoiceField(
        required=False, choices=[("", ""), ("today", "")], widget=forms.HiddenInput
    )


class SessionsForm(TodayForm):
    state = _choice(_("State"), list(SessionState.choices))


class CheckInsForm(TodayForm):
    outcome = _choice(_("Outcome"), list(Outcome.choices))
    reason = _choice(_("Reason"), [(reason.value, _(rule.label)) for reason, rule in RULES.items()])


class ErrorsForm(DaysForm):
    kind = _choice(_("Kind"), [("unhandled", _("Failures (500)")), ("refused", _("Refused calls"))])
    status = forms.IntegerField(label=_("Status"), required=False, min_value=400, max_value=599)
    code = forms.CharField(label=_("Code"), required=False, max_length=60)
    route = forms.CharField(label=_("Route"), required=False, max_length=200)
    request_id = forms.CharField(label=_("Request number"), required=False, max_length=36)
    user = forms.UUIDField(required=False, widget=forms.HiddenInput)
