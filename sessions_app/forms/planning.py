"""The forms for planning sessions, and for moving one."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sessions_app import services
from sessions_app.domain.series import (
    ClockChange,
    ImpossibleSeries,
    Meeting,
    check_span,
    clock_changes,
    meeting,
    meetings,
)
from sessions_app.forms.day_list import days_of
from sessions_app.forms.fields import NEXT_DAY, date_field, end_field, in_reach, time_field
from sessions_app.models import ROOM_LENGTH, ClosedDay, Course, Session


class PlanForm(forms.Form):
    """One session, or one every week. ``key`` makes it harmless to send the form twice."""

    first = date_field(_("Day, or first day"))
    starts = time_field(_("From"))
    ends = end_field(_("To"), help_text=NEXT_DAY)
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
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Days such as 2026-12-24 or 24 Dec, or from one to another: 24 Dec – 2 Jan."),
    )
    on_closed_days = forms.BooleanField(label=_("Plan on closed days as well"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        self.meetings: list[Meeting] = []
        self.left_out: list[ClosedDay] = []
        """The closed days on which there would be a session."""

    def clean_first(self) -> date:
        return in_reach(self.cleaned_data["first"])

    def clean_skip(self) -> list[date]:
        first = self.cleaned_data.get("first")
        return days_of(self.cleaned_data["skip"], first=first) if first else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.meetings = self._open_days(self._meetings(cleaned), cleaned)
            except ImpossibleSeries as problem:
                self.add_error(problem.field, gettext(problem.sentence) % problem.values)
        return cleaned

    def _open_days(self, wanted: list[Meeting], given: dict[str, Any]) -> list[Meeting]:
        """The meetings without those on closed days, unless these are wanted too."""
        if given["on_closed_days"]:
            return wanted
        kept, self.left_out = services.split_closed(wanted, self.course.zone)
        if not kept:
            days = ", ".join(services.closed_in_words(self.left_out))
            raise ImpossibleSeries(
                "first",
                gettext_noop(
                    "The institution is closed (%(days)s). Choose another day, "
                    "or tick “Plan on closed days as well”."
                ),
                days=days,
            )
        return kept

    @property
    def clock_changes(self) -> list[ClockChange]:
        """Where the clock is set at the start or the end of a session."""
        given = self.cleaned_data
        days = [m.starts_at.astimezone(self.course.zone).date() for m in self.meetings]
        return [
            change
            for day in days
            for change in clock_changes(day, given["starts"], given["ends"], self.course.zone)
        ]

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
    ends = end_field(_("To"), help_text=NEXT_DAY)
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
        # A longer session, as calendars may have it, can still change its room.
        if not self.errors and self._moves:
            try:
                check_span(cleaned["starts"], cleaned["ends"])
            except ImpossibleSeries as problem:
                self.add_error(problem.field, gettext(problem.sentence))
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

    @property
    def clock_changes(self) -> list[ClockChange]:
        """Where the clock is set at the new start or end."""
        given = self.cleaned_data
        if not self._moves:
            return []
        return clock_changes(given["day"], given["starts"], given["ends"], self.session.zone)
