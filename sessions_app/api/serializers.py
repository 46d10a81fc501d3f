"""The wire shapes of teaching. What the values mean is judged in the services."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Role, User
from beacon import protocol
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    ClassGroup,
    Course,
    Enrolment,
    Requirement,
    Session,
    SessionState,
    Subject,
    validate_time_zone,
)

MOST_AT_ONCE = 500
"""Students in one enrolling call: more than any class, few enough for one request."""
NONCE = r"^[A-Za-z0-9_-]{8,40}$"
_UUID = serializers.UUIDField()


class SubjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Subject
        fields = ["id", "code", "name", "department"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "code": {"validators": []}
        }  # the constraint answers, without a race


class ClassGroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = ClassGroup
        fields = ["id", "code", "name"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"validators": []}}


class CourseSerializer(serializers.ModelSerializer):
    subject_name = serializers.CharField(source="subject.name", read_only=True)
    class_name = serializers.CharField(source="class_group.code", read_only=True)
    teacher_name = serializers.CharField(source="teacher.full_name", read_only=True)
    subject = serializers.PrimaryKeyRelatedField(queryset=Subject.objects, pk_field=_UUID)
    class_group = serializers.PrimaryKeyRelatedField(queryset=ClassGroup.objects, pk_field=_UUID)
    teacher = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(role=Role.TEACHER, is_active=True), pk_field=_UUID
    )

    class Meta:
        model = Course
        fields = [
            *("id", "subject", "subject_name", "class_group", "class_name"),
            *("teacher", "teacher_name", "time_zone", "is_active"),
        ]
        validators: list[Any] = []


class EnrolmentSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="student.full_name", read_only=True)
    institution_number = serializers.CharField(source="student.institution_number", read_only=True)

    class Meta:
        model = Enrolment
        fields = ["id", "student", "name", "institution_number", "enrolled_at"]
        read_only_fields = fields


class EnrolSerializer(serializers.Serializer):
    students = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_AT_ONCE, required=False, default=list
    )
    institution_numbers = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_AT_ONCE,
        required=False,
        default=list,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["students"] and not attrs["institution_numbers"]:
            raise serializers.ValidationError(_("Name at least one student."))
        return attrs


class SessionSerializer(serializers.ModelSerializer):
    subject_name = serializers.CharField(source="subject.name", read_only=True)
    class_name = serializers.CharField(source="class_group.code", read_only=True)
    teacher_name = serializers.CharField(source="teacher.full_name", read_only=True)

    class Meta:
        model = Session
        fields = [
            *("id", "course", "subject", "subject_name", "class_group", "class_name"),
            *("teacher", "teacher_name", "starts_at", "ends_at", "time_zone", "room", "state"),
            *("opened_at", "closed_at"),
            *("face", "bluetooth", "qr_slot_s", "qr_slots_needed", "late_after_min"),
        ]
        read_only_fields = fields


class SessionChangesSerializer(serializers.Serializer):
    """What of a session can be set at planning and, by its state, changed later."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField(
        max_length=50, required=False, validators=[validate_time_zone]
    )
    room = serializers.CharField(max_length=50, required=False, allow_blank=True)
    face = serializers.ChoiceField(Requirement.choices, required=False)
    bluetooth = serializers.ChoiceField(Requirement.choices, required=False)
    qr_slot_s = serializers.IntegerField(min_value=1, max_value=30, required=False)
    qr_slots_needed = serializers.IntegerField(min_value=1, max_value=5, required=False)
    late_after_min = serializers.IntegerField(min_value=0, max_value=600, required=False)


class SessionPlanSerializer(SessionChangesSerializer):
    course = serializers.PrimaryKeyRelatedField(queryset=Course.objects.none(), pk_field=_UUID)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Courses that the caller may plan for; any other does not exist to them."""
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
    mine = serializers.BooleanField(required=False, help_text="Only those that I teach.")


class RegisterRowSerializer(serializers.Serializer):
    student_id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField(
        help_text="present, late, excused, absent, review, refused or missing"
    )
    source = serializers.CharField()  # type: ignore[assignment]  # the wire name is "source"
    evidence = serializers.ListField(child=serializers.CharField())
    at = serializers.DateTimeField(allow_null=True)
    time = serializers.CharField(help_text="On the session's own clock.")
    reasons = serializers.ListField(child=serializers.CharField())
    signs = serializers.ListField(
        child=serializers.CharField(), help_text="What else there is to know, for or against."
    )
    decision_id = serializers.CharField(allow_null=True)


class RegisterSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    state = serializers.ChoiceField(SessionState.choices)
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RegisterRowSerializer(many=True)


class RotatingCodeSerializer(serializers.Serializer):
    token = serializers.CharField()
    url = serializers.CharField()
    svg = serializers.CharField()
    slot = serializers.IntegerField()
    changes_at = serializers.DateTimeField()
    dies_at = serializers.DateTimeField()


class ShortCodeSerializer(serializers.Serializer):
    digits = serializers.CharField()
    changes_at = serializers.DateTimeField()


class BeaconSerializer(serializers.Serializer):
    """What the room's beacon needs. Each slot's identifier is the first ``id_bytes`` of
    HMAC-SHA256(key, "ATT1" + slot as 8 bytes, big-endian), the slot being Unix time // slot_s."""

    key = serializers.CharField(help_text="Hexadecimal.")
    session_code = serializers.IntegerField()
    slot_s = serializers.IntegerField()
    id_bytes = serializers.IntegerField()
    server_time = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class BeaconSessionSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "title", "state", "starts_at", "ends_at"]
        read_only_fields = fields

    def get_title(self, session: Session) -> str:
        return f"{session.subject.name} · {session.class_group.code}"


class BeaconAssignmentSerializer(serializers.Serializer):
    """What a beacon is to do now; how ids are made of ``key`` is in docs/bluetooth.md."""

    server_time_s = serializers.SerializerMethodField(help_text="Seconds since 1970, UTC.")
    slot_s = serializers.SerializerMethodField()
    ask_again_s = serializers.IntegerField(help_text="How long to wait until the next question.")
    room = serializers.CharField()
    session = BeaconSessionSerializer(allow_null=True)
    key = serializers.SerializerMethodField(help_text="Hexadecimal; null while nothing is open.")

    def get_server_time_s(self, given: Any) -> float:
        return float(self.context["now"].timestamp())

    def get_slot_s(self, given: Any) -> int:
        return protocol.SLOT_S

    def get_key(self, given: Any) -> str | None:
        return given.key.hex() if given.key else None


class ManualMarkSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    student = serializers.UUIDField()
    status = serializers.ChoiceField(AttendanceStatus.choices)
    reason = serializers.CharField(max_length=300)
    nonce = serializers.RegexField(NONCE, help_text="The same again changes nothing.")


class AttendanceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attendance
        fields = ["id", "session", "student", "status", "source", "evidence", "marked_at"]
        read_only_fields = fields
