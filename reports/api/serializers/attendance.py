"""What the API answers of the register, and how a client narrows it."""

from rest_framework import serializers

from reports.api.serializers.days import DaysSerializer
from reports.api.serializers.rows import CourseNamesSerializer, RowSerializer
from reports.queries import attendance
from sessions_app.models import AttendanceStatus


class AttendanceFilterSerializer(DaysSerializer):
    student = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(AttendanceStatus.choices, required=False)


class AttendanceRowSerializer(RowSerializer):
    class Meta:
        dataclass = attendance.AttendanceRow
        flat = {"course": CourseNamesSerializer}
