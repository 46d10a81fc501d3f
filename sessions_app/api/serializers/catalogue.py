"""The shapes of subjects, classes, courses and enrolments."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Role, User
from attendance_project.api_fields import BoundedListField
from sessions_app.models import (
    MOST_LATES,
    ClassGroup,
    CountBy,
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
            *("lates_per_absence", "count_by"),
        ]
        validators: list[Any] = []


class CourseChangesSerializer(serializers.Serializer):
    """What the course's teachers may change of it by the API. It counts for the whole course."""

    lates_per_absence = serializers.IntegerField(
        min_value=0,
        max_value=MOST_LATES,
        required=False,
        help_text="So many lates of a student count as one absence. 0: a late is never one.",
    )
    count_by = serializers.ChoiceField(
        CountBy.choices,
        required=False,
        help_text="Whether each session weighs the same in a rate, or its hours.",
    )


class EnrolmentSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="student.full_name", read_only=True)
    institution_number = serializers.CharField(source="student.institution_number", read_only=True)

    class Meta:
        model = Enrolment
        fields = ["id", "student", "name", "institution_number", "enrolled_at"]
        read_only_fields = fields


class MoveStudentSerializer(serializers.Serializer):
    to = serializers.UUIDField(help_text="The course to which the student is moved.")
    same_names = serializers.BooleanField(
        default=False,
        help_text="One knows the student, and a name that looks like a classmate's is right.",
    )


class EnrolSerializer(serializers.Serializer):
    students = BoundedListField(
        child=serializers.UUIDField(), max_length=MOST_AT_ONCE, required=False, default=list
    )
    institution_numbers = BoundedListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_AT_ONCE,
        required=False,
        default=list,
    )

    same_names = serializers.BooleanField(
        default=False,
        help_text="One knows these students, and names of theirs that look alike are right.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["students"] and not attrs["institution_numbers"]:
            raise serializers.ValidationError(_("Give at least one student."))
        return attrs
