"""The shapes of subjects, classes, courses and enrolments."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Role, User
from sessions_app.models import (
    ClassGroup,
    Course,
    Enrolment,
    Subject,
)

MOST_AT_ONCE = 500
"""Students in one call to enrol: more than any class has, and few enough for one request."""
_UUID = serializers.UUIDField()


class SubjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Subject
        fields = ["id", "code", "name", "department"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "code": {"validators": []}
        }  # the constraint answers instead, without a race


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
        queryset=User.objects.filter(role=Role.TEACHER, is_active=True, is_approved=True),
        pk_field=_UUID,
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


class MoveStudentSerializer(serializers.Serializer):
    to = serializers.UUIDField(help_text="The course to which the student is moved.")


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
            raise serializers.ValidationError(_("Give at least one student."))
        return attrs
