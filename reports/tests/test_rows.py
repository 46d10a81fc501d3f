"""How a row is read off a model, and how a serializer takes its fields from a row."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from rest_framework import serializers

from accounts.models import Role, User
from reports.api.serializers.rows import CountsSerializer, CourseNamesSerializer, RowSerializer
from reports.domain.rates import Tally
from reports.queries.rows import CourseNames, read_off


@dataclass(frozen=True, kw_only=True)
class Person:
    full_name: str
    role: Role
    rank: int | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    tally: Tally
    course: CourseNames
    person: Person
    days: list[str]


class StandingSerializer(RowSerializer):
    class Meta:
        dataclass = Standing
        flat = {"tally": CountsSerializer, "course": CourseNamesSerializer}
        extra_kwargs = {"days": {"help_text": "Days of absence."}}


@pytest.fixture
def standing() -> Standing:
    return Standing(
        tally=Tally(present=2, absent=1),
        course=CourseNames(course_id=uuid4(), subject="Databases", class_group="CSE-A"),
        person=Person(full_name="Ada", role=Role.STUDENT, rank=None),
        days=["2026-03-02"],
    )


def test_fields_of_flat_parts_stand_among_those_of_the_row(standing):
    data = StandingSerializer(standing).data
    assert list(data) == [
        *(
            "present",
            "late",
            "excused",
            "absent",
            "is_final",
            "late_absences",
            "attended",
            "counted",
            "attended_h",
            "counted_h",
            "rate_percent",
        ),
        *("course_id", "subject", "class_group", "person", "days"),
    ]
    assert (data["attended"], data["rate_percent"], data["subject"]) == (2, 66.7, "Databases")
    assert data["person"] == {"full_name": "Ada", "role": "student", "rank": None}


def test_a_serializer_takes_types_and_choices_from_the_row_and_requires_each_field():
    fields = StandingSerializer().fields
    assert all(field.required for field in fields.values())
    assert fields["rate_percent"].allow_null
    assert fields["days"].help_text == "Days of absence."
    role = fields["person"].fields["role"]
    assert isinstance(role, serializers.ChoiceField)
    assert list(role.choices.items()) == Role.choices
    assert fields["person"].fields["rank"].allow_null


def test_a_row_read_off_a_model_has_members_for_choices_and_what_is_added():
    user = User(full_name="Ada", role="student", password="secret")
    assert read_off(user, Person, rank=3) == Person(full_name="Ada", role=Role.STUDENT, rank=3)
    assert isinstance(read_off(user, Person, rank=3).role, Role)
    with pytest.raises(AttributeError):
        read_off(user, Person)
