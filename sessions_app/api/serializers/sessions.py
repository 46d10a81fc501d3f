"""The shapes of sessions: planned, changed, listed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from attendance_project import clock
from sessions_app import services
from sessions_app.domain.levels import ONE_IN_LEAST, ONE_IN_MOST, level_of
from sessions_app.models import (
    LEVELS,
    OFFERING_LENGTH,
    REQUIREMENTS,
    ROOM_LENGTH,
    AttendanceStatus,
    Course,
    Session,
    SessionEvent,
    SessionState,
    validate_time_zone,
    validate_weight,
)

MOST_LISTED = 2000
"""Marks in one call that records a session: more than any course has students."""
_UUID = serializers.UUIDField()


class CountingFields(serializers.Serializer):
    """How a session counts, for calls that plan or change sessions."""

    weight_h = serializers.FloatField(
        required=False,
        allow_null=True,
        validators=[validate_weight],
        help_text="Weight in hours, where the course counts by hours. Empty: the session's length.",
    )
    offering = serializers.CharField(
        max_length=OFFERING_LENGTH,
        required=False,
        allow_blank=True,
        help_text="A student needs one of the sessions of a course with the same text.",
    )


class SessionSerializer(serializers.ModelSerializer):
    subject_name = serializers.CharField(source="subject.name", read_only=True)
    class_name = serializers.CharField(source="class_group.code", read_only=True)
    teacher_name = serializers.CharField(source="teacher.full_name", read_only=True)
    substitute_name = serializers.CharField(
        source="substitute.full_name", read_only=True, default=None
    )

    face = serializers.ChoiceField(
        REQUIREMENTS,
        read_only=True,
        help_text="What `level` means for the face where a check-in is asked for it: `off` for "
        "Code and room only, `required` otherwise. Whether it is asked for is in the `needs` of a "
        "scan.",
    )
    is_forgotten = serializers.SerializerMethodField(
        help_text="Over and never opened: nobody knows whether it was held. It counts nowhere."
    )

    class Meta:
        model = Session
        fields = [
            *("id", "course", "subject", "subject_name", "class_group", "class_name"),
            *("teacher", "teacher_name", "substitute", "substitute_name"),
            *("starts_at", "ends_at", "time_zone", "room", "state"),
            *("is_forgotten", "opened_at", "closed_at", "annulled_at", "recorded_at"),
            *("level", "face_one_in", "face", "bluetooth"),
            *("qr_slot_s", "qr_slots_needed", "late_after_min"),
            *("weight_h", "offering"),
        ]
        read_only_fields = fields

    def get_is_forgotten(self, session: Session) -> bool:
        return session.is_forgotten(clock.now())


class RoomNowSerializer(serializers.Serializer):
    """What is on in the room now, as far as the server knows; a phone may try the others too."""

    beacon = serializers.BooleanField()
    sound = serializers.BooleanField()


class SessionNowSerializer(SessionSerializer):
    """A session and what is on in its room, so that a phone listens while it still scans."""

    room_now = serializers.SerializerMethodField()

    class Meta(SessionSerializer.Meta):
        fields = [*SessionSerializer.Meta.fields, "room_now"]
        read_only_fields = fields

    @extend_schema_field(RoomNowSerializer)
    def get_room_now(self, session: Session) -> dict[str, bool]:
        return asdict(services.room_now(session, now=clock.now()))


class SessionEventSerializer(serializers.ModelSerializer):
    by_name = serializers.CharField(
        source="by.full_name", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = SessionEvent
        fields = ["id", "kind", "reason", "by", "by_name", "at"]
        read_only_fields = fields


class OpeningSerializer(serializers.Serializer):
    early = serializers.BooleanField(
        default=False, help_text="Open it although its own day has not begun."
    )


class AnnulmentSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class ListedMarkSerializer(serializers.Serializer):
    """The status of one student on a list, who is named by id or by institution number."""

    student = serializers.UUIDField(required=False)
    institution_number = serializers.CharField(required=False, max_length=50)
    status = serializers.ChoiceField(AttendanceStatus.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("student" in attrs) == ("institution_number" in attrs):
            raise serializers.ValidationError(
                {"student": [_("Name the student by id or by number, one of the two.")]}
            )
        return attrs


class RecordingSerializer(serializers.Serializer):
    marks: "serializers.ListSerializer[Any]" = serializers.ListSerializer(
        child=ListedMarkSerializer(), required=False, default=list, max_length=MOST_LISTED
    )


class MomentField(serializers.DateTimeField):
    """A moment, or a time without an offset, which the view reads from the session's own clock."""

    def enforce_timezone(self, value: datetime) -> datetime:
        return value


class PlannedSessionSerializer(SessionSerializer):
    """A session that has just been planned or changed, with what was chosen where a clock is
    set."""

    notes = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        default=list,
        help_text="What was made of times that the clock skips or shows twice.",
    )

    class Meta(SessionSerializer.Meta):
        fields = [*SessionSerializer.Meta.fields, "notes"]
        read_only_fields = fields


class SessionChangesSerializer(CountingFields):
    """What can be set when a session is planned and, depending on its state, be changed later."""

    starts_at = MomentField(help_text="Without an offset it is on the session's own clock.")
    ends_at = MomentField(help_text="Without an offset it is on the session's own clock.")
    time_zone = serializers.CharField(
        max_length=50, required=False, validators=[validate_time_zone]
    )
    room = serializers.CharField(max_length=ROOM_LENGTH, required=False, allow_blank=True)
    level = serializers.ChoiceField(LEVELS, required=False)
    face_one_in = serializers.IntegerField(
        min_value=ONE_IN_LEAST,
        max_value=ONE_IN_MOST,
        required=False,
        help_text="Standard asks for the face by lot, one time in so many.",
    )
    face = serializers.ChoiceField(
        REQUIREMENTS,
        required=False,
        help_text="For older clients, in place of `level`: `off` is Code and room only, everything "
        "else is Strict. Where both are sent, `level` counts.",
    )
    bluetooth = serializers.ChoiceField(REQUIREMENTS, required=False)
    qr_slot_s = serializers.IntegerField(min_value=1, max_value=30, required=False)
    qr_slots_needed = serializers.IntegerField(min_value=1, max_value=5, required=False)
    late_after_min = serializers.IntegerField(min_value=0, max_value=600, required=False)
    allow_overlaps = serializers.BooleanField(
        required=False, help_text="Plan it although other sessions take place at the same time."
    )

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if "face" in values:
            values.setdefault("level", level_of(values["face"]).value)
            del values["face"]
        return values


class SessionPlanSerializer(SessionChangesSerializer):
    allow_closed_day = serializers.BooleanField(
        required=False, help_text="Plan it although the institution is closed on that day."
    )
    course = serializers.PrimaryKeyRelatedField(queryset=Course.objects.none(), pk_field=_UUID)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Courses for which the viewer may plan. All others do not exist for them."""
        fields = super().get_fields()
        caller = getattr(self.context.get("request"), "user", None)
        if isinstance(caller, User):
            runs = Course.objects.run_by(caller).filter(is_active=True)
            fields["course"].queryset = runs  # type: ignore[attr-defined]
        return fields


class SessionFilterSerializer(serializers.Serializer):
    course = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(SessionState.choices, required=False)
    starts_from = serializers.DateTimeField(required=False, help_text="This moment or later.")
    starts_before = serializers.DateTimeField(required=False)
    forgotten = serializers.BooleanField(
        required=False, help_text="Only those that are over and were never opened."
    )
    mine = serializers.BooleanField(required=False, help_text="Only those that I teach.")
