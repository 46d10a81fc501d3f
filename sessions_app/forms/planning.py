"""The forms for planning sessions, and for moving one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sessions_app.domain.series import ImpossibleSeries, Meeting, meeting, meetings
from sessions_app.forms.fields import ISO, date_field, in_reach, time_field
from sessions_app.models import ROOM_LENGTH, Course, Session


class PlanForm(forms.Form):
    """One session, or one every week. ``key`` makes it harmless to send the form twice."""

    first = date_field(_("Day, or first day"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    room = forms.CharField(label=_("Room"), max_length=ROOM_LENGTH, required=False)
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
        choices=[(1, _("Every week")), (2, _("Every 2 weeks"))],
        required=False,
    )
    until = date_field(_("Last day"), required=False, help_text=_("Leave empty for one session."))
    skip = forms.CharField(
        label=_("Skip these days"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "2026-12-24, 2026-12-31"}),
        help_text=_("Dates like 2026-12-24, separated by commas."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        self.meetings: list[Meeting] = []

    def clean_first(self) -> date:
        return in_reach(self.cleaned_data["first"])

    def clean_skip(self) -> list[date]:
        words = self.cleaned_data["skip"].replace(",", " ").split()
        try:
            return [datetime.strptime(word, ISO).date() for word in words]  # noqa: DTZ007
        except ValueError:
            raise forms.ValidationError(
                _("Write dates like 2026-12-24, separated by commas.")
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
            raise ImpossibleSeries("until", gettext_noop("Choose the last day."))
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
    """Moves one session to another time or room."""

    day = date_field(_("Day"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    room = forms.CharField(label=_("Room"), max_length=ROOM_LENGTH, required=False)

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

    def clean_day(self) -> date:
        return in_reach(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # A session that lasts past midnight, as calendars may have it, can still change its room.
        if not self.errors and self._moves and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("Choose an end that is after the start."))
        return cleaned

    @property
    def _moves(self) -> bool:
        return bool({"day", "starts", "ends"} & set(self.changed_data))

    def changes(self) -> dict[str, Any]:
        """The changes, as ``services.change_session`` takes them."""
        given = self.cleaned_data
        if not self._moves:
            return {"room": given["room"]}
        times = meeting(given["day"], given["starts"], given["ends"], self.session.zone)
        return {"room": given["room"], "starts_at": times.starts_at, "ends_at": times.ends_at}
