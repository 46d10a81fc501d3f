"""What the reports answer with, and what narrows them."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.serializers.erasure import ErasureSerializer
from accounts.models import ConsentAction, DeviceStatus, Role
from reports.models import ErrorEvent
from sessions_app.models import AttendanceStatus, MarkSource, SessionState
from verification.api.face_serializers import AccessSerializer, EnrolledFaceSerializer
from verification.models import Severity, TemplateStatus, WarningVerdict

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


# --- statistics -----------------------------------------------------------------------


class CountsSerializer(serializers.Serializer):
    """attended = present + late; counted = attended + absent; rate = attended / counted."""

    present = serializers.IntegerField()
    late = serializers.IntegerField()
    excused = serializers.IntegerField()
    absent = serializers.IntegerField()
    attended = serializers.IntegerField()
    counted = serializers.IntegerField()
    rate_percent = serializers.FloatField(
        allow_null=True, help_text="Empty where nothing has counted yet."
    )


class CourseNamesSerializer(serializers.Serializer):
    course_id = serializers.UUIDField()
    subject = serializers.CharField()
    class_group = serializers.CharField()


class SessionTodaySerializer(CourseNamesSerializer):
    session_id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    local_date = serializers.CharField()
    room = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(SessionState.choices)


class StudentSessionTodaySerializer(SessionTodaySerializer):
    status = serializers.ChoiceField(
        AttendanceStatus.choices, allow_null=True, help_text="Empty where nothing is recorded."
    )
    check_in = serializers.ChoiceField(
        ["review", "refused"],
        allow_null=True,
        help_text="What became of a check-in that recorded nothing: it waits for the teacher, "
        "or it was refused.",
    )
    teacher_name = serializers.CharField()


class StudentSessionSerializer(SessionTodaySerializer):
    """A session of a student's, with what is recorded of it."""

    status = serializers.ChoiceField(
        AttendanceStatus.choices, allow_null=True, help_text="Empty where nothing is recorded."
    )
    counts = serializers.BooleanField(help_text="Whether it counts for the rate by now.")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # wire name
        MarkSource.choices, allow_null=True, help_text="How it came to be recorded."
    )
    evidence = serializers.ListField(child=serializers.CharField())


class TeacherSessionTodaySerializer(CountsSerializer, SessionTodaySerializer):
    pass


class StudentTodaySerializer(serializers.Serializer):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    sessions = StudentSessionTodaySerializer(many=True)
    total = CountsSerializer()


class TeacherTodaySerializer(serializers.Serializer):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    sessions = TeacherSessionTodaySerializer(many=True)
    total = CountsSerializer()


class StudentTotalSerializer(CountsSerializer):
    absence_streak = serializers.IntegerField(
        help_text="Absences in a row up to now; an excused one neither ends nor adds."
    )


class StudentCourseSerializer(StudentTotalSerializer, CourseNamesSerializer):
    sessions_ahead = serializers.IntegerField()
    may_still_miss = serializers.IntegerField(
        help_text="Sessions ahead that can be missed with the rate still as required."
    )
    can_be_met = serializers.BooleanField(
        help_text="Whether attending every session ahead would still reach what is required."
    )


class StudentStatisticsSerializer(serializers.Serializer):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    required_percent = serializers.IntegerField()
    courses = StudentCourseSerializer(many=True)
    total = StudentTotalSerializer()


class TeacherTotalSerializer(CountsSerializer):
    sessions = serializers.IntegerField()
    sessions_closed = serializers.IntegerField()


class TeacherCourseSerializer(TeacherTotalSerializer, CourseNamesSerializer):
    pass


class TeacherStatisticsSerializer(serializers.Serializer):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    courses = TeacherCourseSerializer(many=True)
    total = TeacherTotalSerializer()


# --- registers ------------------------------------------------------------------------


class DaysSerializer(serializers.Serializer):
    """``?from=2026-03-01&to=2026-03-31``, both days included."""

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**days, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if not FIRST_DAY <= attrs.get(name, FIRST_DAY) <= LAST_DAY:
                raise serializers.ValidationError(
                    {name: _("Choose a day of this century or next.")}
                )
        if attrs.get("from", FIRST_DAY) > attrs.get("to", LAST_DAY):
            raise serializers.ValidationError(
                {"from": _("Choose a day that is not after the last one.")}
            )
        return attrs


class CourseFilterSerializer(serializers.Serializer):
    course = serializers.UUIDField(required=False)


class RegisterFilterSerializer(DaysSerializer):
    student = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(AttendanceStatus.choices, required=False)


class AttendanceRowSerializer(CourseNamesSerializer):
    attendance_id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    local_date = serializers.CharField()
    student_id = serializers.UUIDField()
    student_name = serializers.CharField()
    institution_number = serializers.CharField()
    status = serializers.ChoiceField(AttendanceStatus.choices)
    source = serializers.ChoiceField(MarkSource.choices)  # type: ignore[assignment]  # wire name
    evidence = serializers.ListField(child=serializers.CharField())
    marked_at = serializers.DateTimeField()


# --- for the admin --------------------------------------------------------------------


class ProfilePersonSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    full_name = serializers.CharField()
    institution_number = serializers.CharField()
    department = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)


class ProfileEnrolmentSerializer(CourseNamesSerializer):
    is_active = serializers.BooleanField()
    enrolled_at = serializers.DateTimeField()


class ProfileWarningSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    reason = serializers.CharField()
    severity = serializers.ChoiceField(Severity.choices)
    created_at = serializers.DateTimeField()
    appeal = serializers.CharField(allow_blank=True)
    appealed_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.ChoiceField(WarningVerdict.choices)
    verdict_note = serializers.CharField(allow_blank=True)
    verdict_at = serializers.DateTimeField(allow_null=True)


class ProfileDeviceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(DeviceStatus.choices)
    registered_at = serializers.DateTimeField()
    activates_at = serializers.DateTimeField(allow_null=True)
    activated_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class ProfileConsentSerializer(serializers.Serializer):
    purpose = serializers.CharField()
    version = serializers.CharField()
    action = serializers.ChoiceField(ConsentAction.choices)
    at = serializers.DateTimeField()


class ProfileFaceSerializer(serializers.Serializer):
    status = serializers.ChoiceField(TemplateStatus.choices)
    consent_version = serializers.CharField()
    enrolled_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class StudentProfileSerializer(serializers.Serializer):
    person = ProfilePersonSerializer()
    enrolments = ProfileEnrolmentSerializer(many=True)
    attendance = StudentStatisticsSerializer()
    warnings = ProfileWarningSerializer(many=True)
    devices = ProfileDeviceSerializer(many=True)
    consent = ProfileConsentSerializer(many=True)
    face = ProfileFaceSerializer(many=True)


# --- for the student ------------------------------------------------------------------


class OwnMarkSerializer(serializers.Serializer):
    """Each time that an attendance was set: the attendance is what came of them."""

    session_id = serializers.UUIDField()
    status = serializers.ChoiceField(AttendanceStatus.choices)
    source = serializers.ChoiceField(MarkSource.choices)  # type: ignore[assignment]  # wire name
    reason = serializers.CharField()
    by = serializers.CharField(allow_null=True, help_text="Who signed for it; empty: the system.")
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class OwnVerdictSerializer(serializers.Serializer):
    verdict = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class OwnDecisionSerializer(serializers.Serializer):
    session_id = serializers.UUIDField()
    decided_at = serializers.DateTimeField()
    outcome = serializers.CharField()
    reasons = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    counted = serializers.ListField(child=serializers.CharField())
    policy_version = serializers.CharField()
    verdicts = OwnVerdictSerializer(many=True)


class OwnWarningSerializer(ProfileWarningSerializer):
    message = serializers.CharField()


class OwnExcuseSerializer(serializers.Serializer):
    course_id = serializers.UUIDField()
    from_date = serializers.CharField()
    until_date = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class OwnNoticeSerializer(serializers.Serializer):
    sent_at = serializers.DateTimeField()
    courses = serializers.JSONField()


class OwnFaceSerializer(serializers.Serializer):
    """Where enrolments stand and who touched them, and nothing of the face."""

    enrolments = EnrolledFaceSerializer(many=True)
    photo_measured_at = serializers.DateTimeField(allow_null=True)
    accesses = AccessSerializer(many=True)


class OwnDataSerializer(serializers.Serializer):
    made_at = serializers.DateTimeField()
    account = ProfilePersonSerializer()
    devices = ProfileDeviceSerializer(many=True)
    courses = ProfileEnrolmentSerializer(many=True)
    statistics = StudentStatisticsSerializer()
    attendance = StudentSessionSerializer(many=True)
    marks = OwnMarkSerializer(many=True)
    excuses = OwnExcuseSerializer(many=True)
    decisions = OwnDecisionSerializer(many=True)
    warnings = OwnWarningSerializer(many=True)
    notices = OwnNoticeSerializer(many=True)
    consents = ProfileConsentSerializer(many=True)
    face = OwnFaceSerializer()
    erasure_requests = ErasureSerializer(many=True)


def _counts_by_name() -> serializers.DictField:
    return serializers.DictField(child=serializers.IntegerField())


class InstitutionSerializer(serializers.Serializer):
    people = _counts_by_name()
    sessions_today = _counts_by_name()
    check_ins_today = _counts_by_name()
    refusals_today = _counts_by_name()
    reviews_waiting = serializers.IntegerField()
    warnings_open = serializers.IntegerField()
    attendance_today = CountsSerializer()
    attendance_30_days = CountsSerializer()


class ErrorFilterSerializer(DaysSerializer):
    kind = serializers.ChoiceField(["unhandled", "refused"], required=False)
    status = serializers.IntegerField(required=False, min_value=400, max_value=599)
    code = serializers.CharField(required=False, max_length=60)
    route = serializers.CharField(required=False, max_length=200)
    request_id = serializers.CharField(required=False, max_length=36)
    user = serializers.UUIDField(required=False)


class ErrorEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = ErrorEvent
        fields = (
            *("id", "request_id", "at", "method", "route"),
            *("status", "code", "detail", "user"),
        )
        read_only_fields = fields
