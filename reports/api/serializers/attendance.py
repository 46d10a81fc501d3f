"""What the API answers of the register, and how a client narrows it."""

from rest_framework import serializers

from reports.api.serializers.days import DaysSerializer
from reports.api.serializers.rows import CountsSerializer, CourseNamesSerializer, RowSerializer
from reports.queries import attendance, periods
from sessions_app.models import AttendanceStatus


class AttendanceFilterSerializer(DaysSerializer):
    student = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(AttendanceStatus.choices, required=False)


class AttendanceRowSerializer(RowSerializer):
    class Meta:
        dataclass = attendance.AttendanceRow
        flat = {"course": CourseNamesSerializer}


class WeeksFilterSerializer(DaysSerializer):
    course = serializers.UUIDField(required=False)
    subject = serializers.UUIDField(required=False)
    student = serializers.UUIDField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        # "class" is a keyword of Python, so a field of that name cannot be declared in the class.
        return {**super().get_fields(), "class": serializers.UUIDField(required=False)}


class WeekSerializer(RowSerializer):
    class Meta:
        dataclass = periods.Week
        flat = {"tally": CountsSerializer}
        extra_kwargs = {
            "week": {"help_text": "By ISO 8601, such as 2026-W10."},
            "first_day": {"help_text": "Its Monday."},
        }


class WeeksSerializer(RowSerializer):
    weeks = WeekSerializer(many=True)
    total = CountsSerializer()

    class Meta:
        dataclass = periods.Weeks
