"""The form that moves a series as a whole."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.domain.moving import SeriesChange, weekday_shift
from sessions_app.domain.series import ImpossibleSeries, check_span
from sessions_app.forms.fields import NEXT_DAY, date_field, end_field, in_reach, time_field
from sessions_app.models import ROOM_LENGTH, Session

WEEKDAYS = [
    *((0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday"))),
    *((4, _("Friday")), (5, _("Saturday")), (6, _("Sunday"))),
]


class MoveSeriesForm(forms.Form):
    """The day, time and room that the sessions of a series get, from a day on.

    It starts with what this session has, and what is left so stays as it is in each session.
    ``key`` makes it harmless to send the form twice.
    """

    from_day = date_field(_("Move sessions from this day on"))
    weekday = forms.TypedChoiceField(
        label=_("To this day of the week"), coerce=int, choices=WEEKDAYS
    )
    starts = time_field(_("From"))
    ends = end_field(_("To"), help_text=NEXT_DAY)
    room = forms.CharField(label=_("Room"), max_length=ROOM_LENGTH, required=False)
    only_weekday = forms.BooleanField(required=False)
    with_moved = forms.BooleanField(
        label=_("Move also the sessions that somebody moved by hand"), required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, session: Session, today: date, **kwargs: Any) -> None:
        self.session = session
        start, end = session.local_start, session.local_end
        kwargs["initial"] = {
            "from_day": max(start.date(), today),
            "weekday": start.weekday(),
            "starts": start.time(),
            "ends": end.time(),
            "room": session.room,
            "key": uuid4(),
        }
        super().__init__(*args, **kwargs)
        day = dict(WEEKDAYS)[start.weekday()]
        self.fields["only_weekday"].label = _("Only the sessions on this day: %(day)s") % {
            "day": day
        }

    def clean_from_day(self) -> date:
        return in_reach(self.cleaned_data["from_day"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and {"starts", "ends"} & set(self.changed_data):
            try:
                check_span(cleaned["starts"], cleaned["ends"])
            except ImpossibleSeries as problem:
                self.add_error(problem.field, gettext(problem.sentence))
        return cleaned

    @property
    def change(self) -> SeriesChange:
        """What is asked for. Times go together, since the page shows both."""
        given, changed = self.cleaned_data, set(self.changed_data)
        times = bool({"starts", "ends"} & changed)
        return SeriesChange(
            days=weekday_shift(self.session.local_start.date(), given["weekday"]),
            starts=given["starts"] if times else None,
            ends=given["ends"] if times else None,
            room=given["room"] if "room" in changed else None,
        )

    @property
    def options(self) -> dict[str, Any]:
        """Which sessions move, as ``services.plan_move`` takes it."""
        return {
            name: self.cleaned_data[name] for name in ("from_day", "only_weekday", "with_moved")
        }

    @property
    def act_key(self) -> UUID:
        return self.cleaned_data["key"]
