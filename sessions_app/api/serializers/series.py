"""The shapes of series: planned, and moved as a whole."""

from datetime import time
from typing import Any

from rest_framework import serializers

from attendance_project.api_fields import BoundedListField
from sessions_app.api.serializers.sessions import CountingFields, SessionSerializer
from sessions_app.domain.series import END_OF_DAY
from sessions_app.models import (
    ROOM_LENGTH,
    SeriesMove,
    weekly_offering_problem,
)

_HOURS = ["%H:%M", "%H:%M:%S"]


class EndField(serializers.TimeField):
    """When a session ends. "24:00" is the end of the day, and an earlier time than the start is on
    the next day."""

    def to_internal_value(self, value: Any) -> time:
        return END_OF_DAY if value in ("24:00", "24:00:00") else super().to_internal_value(value)


class PlanSeriesSerializer(CountingFields):
    """A session every week, on the clock of the course."""

    weekdays = BoundedListField(
        child=serializers.IntegerField(min_value=0, max_value=6),
        min_length=1,
        max_length=7,
        help_text="Monday is 0.",
    )
    starts = serializers.TimeField(input_formats=_HOURS)
    ends = EndField(input_formats=_HOURS, help_text='"24:00" is the end of the day.')
    first = serializers.DateField()
    until = serializers.DateField()
    every_weeks = serializers.IntegerField(min_value=1, max_value=4, default=1)
    skip = BoundedListField(child=serializers.DateField(), max_length=400, default=list)
    room = serializers.CharField(max_length=ROOM_LENGTH, default="", allow_blank=True)
    allow_overlaps = serializers.BooleanField(default=False)
    on_closed_days = serializers.BooleanField(
        default=False, help_text="Plan also on the days on which the institution is closed."
    )
    offering_each_week = serializers.BooleanField(
        default=False,
        help_text="Add the week to the text, so that a student needs one session a week.",
    )
    key = serializers.UUIDField(help_text="Makes a retry harmless: the same again plans once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        told = weekly_offering_problem(attrs.get("offering", ""))
        if attrs["offering_each_week"] and told:
            raise serializers.ValidationError({"offering": told})
        return attrs


class ClosedDayLeftOutSerializer(serializers.Serializer):
    date = serializers.DateField()
    name = serializers.CharField()


class PlannedSeriesSerializer(serializers.Serializer):
    sessions = SessionSerializer(many=True)
    left_out = ClosedDayLeftOutSerializer(many=True, help_text="Closed days without a session.")
    notes = serializers.ListField(child=serializers.CharField())


class MoveSeriesSerializer(serializers.Serializer):
    """The day, time and room that the sessions of a series get. What is left out stays."""

    from_day = serializers.DateField(
        required=False, help_text="The first day that is moved. Without it, this session's day."
    )
    weekday = serializers.IntegerField(
        min_value=0,
        max_value=6,
        required=False,
        help_text="Where this session goes, in its own week (Monday is 0). The others of the "
        "series move by as many days.",
    )
    starts = serializers.TimeField(input_formats=_HOURS, required=False)
    ends = EndField(input_formats=_HOURS, required=False, help_text="Without it the length stays.")
    room = serializers.CharField(max_length=ROOM_LENGTH, required=False, allow_blank=True)
    only_weekday = serializers.BooleanField(
        default=False, help_text="Move only the sessions that are on this session's weekday."
    )
    with_moved = serializers.BooleanField(
        default=False, help_text="Move also the sessions that somebody moved by hand."
    )
    allow_overlaps = serializers.BooleanField(default=False)
    preview = serializers.BooleanField(default=False, help_text="Only say what would move.")
    key = serializers.UUIDField(
        required=False, help_text="Makes a retry harmless: the same again finishes the same act."
    )


class MovedSessionSerializer(serializers.Serializer):
    session = serializers.UUIDField(source="session.pk")
    starts_at = serializers.DateTimeField(source="times.starts_at")
    ends_at = serializers.DateTimeField(source="times.ends_at")
    room = serializers.CharField()


class LeftSessionSerializer(serializers.Serializer):
    session = serializers.UUIDField(source="session.pk")
    starts_at = serializers.DateTimeField(source="session.starts_at")
    code = serializers.CharField(source="why", help_text="Why it stays; stable, for programs.")
    detail = serializers.CharField(source="sentence", help_text="A sentence for people.")


class SeriesMoveSerializer(serializers.Serializer):
    id = serializers.UUIDField(allow_null=True, help_text="The act, to undo it; null in a preview.")
    moved = MovedSessionSerializer(many=True)
    left = LeftSessionSerializer(many=True)
    overlaps = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())


class UndoneMoveSerializer(serializers.ModelSerializer):
    stayed = serializers.IntegerField(
        read_only=True, help_text="Sessions that were opened or changed since, and stay."
    )
    overlaps = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Other sessions at the same time as those that moved back.",
    )

    class Meta:
        model = SeriesMove
        fields = ["id", "course", "at", "undone_at", "stayed", "overlaps"]
        read_only_fields = fields
