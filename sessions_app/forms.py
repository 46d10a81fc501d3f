"""What the teacher's pages send."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sessions_app.domain.series import ImpossibleSeries, Meeting, meeting, meetings
from sessions_app.models import POLICY_FIELDS, AttendanceStatus, Course, Session

_DATE = {"type": "date"}
_TIME = {"type": "time"}
_ISO = "%Y-%m-%d"


def date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format=_ISO, attrs=_DATE)
    return forms.DateField(label=label, widget=widget, **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs=_TIME)
    return forms.TimeField(label=label, widget=widget, **options)


class MarkForm(forms.Form):
    """A mark by hand. ``key`` comes back from the page, so that sending twice marks once."""

    status = forms.ChoiceField(label=_("Mark as"), choices=AttendanceStatus.choices)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A few words. They are kept with your name."),
    )
    key = forms.RegexField(r"^[A-Za-z0-9_-]{8,40}$", widget=forms.HiddenInput)


class HeadCountForm(forms.Form):
    heads = forms.IntegerField(
        label=_("Heads counted"), required=False, min_value=0, max_value=9999
    )


class PolicyForm(forms.ModelForm):
    """How check-ins are judged, of a course or of one session."""

    class Meta:
        model = Course
        fields = POLICY_FIELDS
        labels: ClassVar = {
            "face": _("Face"),
            "bluetooth": _("Bluetooth"),
            "qr_slot_s": _("Seconds until the code changes"),
            "qr_slots_needed": _("Codes to be seen in a row"),
            "late_after_min": _("Late after so many minutes"),
        }
        help_texts: ClassVar = {
            "face": _("Preferred: without it, the check-in waits for you to confirm."),
            "bluetooth": _("Needs a beacon in the room; choose Not asked without one."),
        }


class CoursePolicyForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = (*POLICY_FIELDS, "at_risk_percent", "at_risk_absences")
        labels: ClassVar = PolicyForm.Meta.labels | {
            "at_risk_percent": _("At risk below this percentage"),
            "at_risk_absences": _("At risk after so many absences in a row"),
        }


class SessionPolicyForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        model = Session  # type: ignore[assignment]  # both have the policy's fields


class PlanForm(forms.Form):
    """One session, or one every week. ``key`` makes sending it twice harmless."""

    first = date_field(_("Day, or first day"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    room = forms.CharField(label=_("Room"), max_length=50, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Repeat on"),
        required=False,
        coerce=int,
        choices=list(
            enumerate([_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")])
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    every_weeks = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        choices=[(1, _("Every week")), (2, _("Every other week"))],
        required=False,
    )
    until = date_field(_("Last day"), required=False, help_text=_("Leave empty for one session."))
    skip = forms.CharField(
        label=_("Days without a session"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "2026-12-24, 2026-12-31"}),
        help_text=_("Dates such as 2026-12-24, with commas between."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        self.meetings: list[Meeting] = []
        self.fields["first"].help_text = _("On the clock of %(zone)s.") % {"zone": course.time_zone}

    def clean_first(self) -> date:
        return _in_reach(self.cleaned_data["first"])

    def clean_skip(self) -> list[date]:
        words = self.cleaned_data["skip"].replace(",", " ").split()
        try:
            return [datetime.strptime(word, _ISO).date() for word in words]  # noqa: DTZ007
        except ValueError:
            raise forms.ValidationError(
                _("Write dates as 2026-12-24, with commas between.")
            ) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.meetings = self._meetings(cleaned)
            except ImpossibleSeries as problem:
                self.add_error(problem.field, gettext(problem.sentence) % problem.values)
        return cleaned

    def _meetings(self, given: dict[str, Any]) -> list[Meeting]:
        weekdays = given["weekdays"] or [given["first"].weekday()]
        if given["weekdays"] and not given["until"]:
            raise ImpossibleSeries("until", gettext_noop("Say until when it repeats."))
        return meetings(
            weekdays=weekdays,
            starts=given["starts"],
            ends=given["ends"],
            first=given["first"],
            until=given["until"] or given["first"],
            zone=self.course.zone,
            skip=given["skip"],
            every_weeks=given["every_weeks"] or 1,
        )

    @property
    def series_key(self) -> UUID:
        return self.cleaned_data["key"]


class MoveForm(forms.Form):
    """When and where one session takes place."""

    day = date_field(_("Day"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    room = forms.CharField(label=_("Room"), max_length=50, required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        start, end = session.local_start, session.local_end
        kwargs["initial"] = {
            "day": start.date(),
            "starts": start.time(),
            "ends": end.time(),
            "room": session.room,
        }
        super().__init__(*args, **kwargs)
        self.fields["day"].help_text = _("On the clock of %(zone)s.") % {"zone": session.time_zone}

    def clean_day(self) -> date:
        return _in_reach(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # One that lasts past midnight, as calendars may have it, can still change its room.
        if not self.errors and self._moves and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("Choose an end that is after the start."))
        return cleaned

    @property
    def _moves(self) -> bool:
        return bool({"day", "starts", "ends"} & set(self.changed_data))

    def changes(self) -> dict[str, Any]:
        """What to change, as ``services.change_session`` takes it."""
        given = self.cleaned_data
        if not self._moves:
            return {"room": given["room"]}
        times = meeting(given["day"], given["starts"], given["ends"], self.session.zone)
        return {"room": given["room"], "starts_at": times.starts_at, "ends_at": times.ends_at}


class EnrolForm(forms.Form):
    numbers = forms.CharField(
        label=_("Student numbers"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or many, with spaces, commas or new lines between."),
    )

    def clean_numbers(self) -> list[str]:
        return self.cleaned_data["numbers"].replace(",", " ").replace(";", " ").split()


class ExcuseForm(forms.Form):
    from_date = date_field(_("From"))
    until_date = date_field(_("Until"), help_text=_("The last day that is excused."))
    note = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("A few words. They are kept with your name.")
    )

    def clean_from_date(self) -> date:
        return _in_reach(self.cleaned_data["from_date"])

    def clean_until_date(self) -> date:
        return _in_reach(self.cleaned_data["until_date"])


def _in_reach(day: date) -> date:
    """Outside of these years a date is a slip; near the calendar's ends zones overflow."""
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError(_("Give a date between the years 2000 and 2100."))
    return day
