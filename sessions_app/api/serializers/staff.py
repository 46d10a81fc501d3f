"""The shapes of who teaches a course, and who takes one of its sessions."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from sessions_app.api.serializers.catalogue import CourseSerializer
from sessions_app.models import StaffEvent, StaffRole
from sessions_app.services import find_teacher


class StaffMemberSerializer(serializers.Serializer):
    person = serializers.UUIDField(source="person.pk")
    name = serializers.CharField(source="person.full_name")
    institution_number = serializers.CharField(source="person.institution_number")
    role = serializers.CharField(help_text="main, teacher or assistant")


class AddedStaffSerializer(StaffMemberSerializer):
    """A person who has just been added, with the sessions that they teach elsewhere then."""

    notes = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Sessions elsewhere at the same time as planned ones of this course.",
    )


class StaffEventSerializer(serializers.ModelSerializer):
    """One change of who teaches a course. ``former`` was its main teacher before."""

    person_name = serializers.CharField(source="person.full_name", read_only=True)
    former_name = serializers.CharField(
        source="former.full_name", default=None, allow_null=True, read_only=True
    )
    by_name = serializers.CharField(
        source="by.full_name", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = StaffEvent
        fields = [
            *("id", "kind", "role", "person", "person_name"),
            *("former", "former_name", "by", "by_name", "at"),
        ]
        read_only_fields = fields


class _NamesPerson(serializers.Serializer):
    """Names a person by id, or by a staff number."""

    person = serializers.UUIDField(required=False)
    institution_number = serializers.CharField(max_length=40, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("person" in attrs) == ("institution_number" in attrs):
            raise serializers.ValidationError(_("Give either the person or the number."))
        return attrs


def person_in(given: dict[str, Any]) -> User:
    """The teacher that such a body names. Raises invalid_input."""
    if "institution_number" in given:
        return find_teacher(given["institution_number"], "institution_number")
    return find_teacher(given["person"], "person")


class HandedOverSerializer(CourseSerializer):
    """A course with a new main teacher, and the sessions that they teach elsewhere then."""

    notes = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        default=list,
        help_text="Sessions elsewhere at the same time as planned ones of this course.",
    )

    class Meta(CourseSerializer.Meta):
        fields = [*CourseSerializer.Meta.fields, "notes"]


class AddStaffSerializer(_NamesPerson):
    role = serializers.ChoiceField(StaffRole.choices, default=StaffRole.TEACHER)


class StaffRoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(StaffRole.choices)


class ChangeTeacherSerializer(_NamesPerson):
    sessions_follow = serializers.BooleanField(
        default=True,
        help_text="False: the former teacher still takes the planned sessions, as a substitute.",
    )


class SubstituteSerializer(_NamesPerson):
    """``person`` null names nobody."""

    person = serializers.UUIDField(required=False, allow_null=True)
    allow_overlaps = serializers.BooleanField(
        default=False, help_text="Name them although they teach elsewhere at the same time."
    )
