"""The filters of a course's report and of the register's rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms.days import DaysForm, choice_field
from reports.queries.attendance import PRESENT_OR_LATE
from sessions_app.models import AttendanceStatus

WEEK = "week"
"""The parts into which a chart may be divided, on all pages that have one."""


def _chart_field(each: str, label: Any) -> forms.ChoiceField:
    """The parts into which this chart may be divided, the usual ones first."""
    choices = [(each, label), (WEEK, _("By week"))]
    return forms.ChoiceField(label=_("Chart"), required=False, choices=choices)


class CourseReportForm(DaysForm):
    chart = _chart_field("session", _("By session"))
    show = choice_field(_("Students"), [("at-risk", _("At risk"))])


class AttendanceForm(DaysForm):
    chart = _chart_field("day", _("By day"))
    status = choice_field(
        _("Status"), [(PRESENT_OR_LATE, _("Present or late")), *AttendanceStatus.choices]
    )
    student = forms.UUIDField(required=False, widget=forms.HiddenInput)
    course = forms.UUIDField(required=False, widget=forms.HiddenInput)


class InstitutionForm(AttendanceForm):
    department = forms.CharField(label=_("Department"), required=False, max_length=100)
