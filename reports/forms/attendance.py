"""The filters of a course's report and of the register's rows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms.days import DaysForm, choice_field
from reports.queries.attendance import PRESENT_OR_LATE
from sessions_app.models import AttendanceStatus


class CourseReportForm(DaysForm):
    show = choice_field(_("Students"), [("at-risk", _("At risk"))])


class AttendanceForm(DaysForm):
    status = choice_field(
        _("Status"), [(PRESENT_OR_LATE, _("Present or late")), *AttendanceStatus.choices]
    )
    student = forms.UUIDField(required=False, widget=forms.HiddenInput)
    course = forms.UUIDField(required=False, widget=forms.HiddenInput)


class InstitutionForm(AttendanceForm):
    department = forms.CharField(label=_("Department"), required=False, max_length=100)
