"""Bodies of so many keys and items that checking each of them would take seconds."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers

from attendance_project.api_fields import MOST_TOLD, BoundedListField
from attendance_project.parsers import MOST_ITEMS, MOST_KEYS, refuse_crowded
from attendance_project.refusals import Refusal
from attendance_project.tests.described import description


@pytest.mark.parametrize(
    "body",
    [
        {str(number): 0 for number in range(MOST_KEYS + 1)},
        [0] * (MOST_ITEMS + 1),
        {"rows": [{"a": 0, "b": 0}] * (MOST_ITEMS // 3 + 1)},
        {"a": {"b": {str(number): 0 for number in range(MOST_KEYS + 1)}}},
    ],
    ids=["keys", "items", "keys of many objects", "keys of an inner object"],
)
def test_a_body_of_too_many_parts_is_refused(body):
    with pytest.raises(Refusal) as refused:
        refuse_crowded(body)
    assert refused.value.code == "too_many_items"


@pytest.mark.parametrize("body", [None, 1, "x" * 100_000, {"a": [{}] * 1000}, [0] * MOST_ITEMS])
def test_other_bodies_pass(body):
    refuse_crowded(body)


def test_a_report_as_large_as_its_fields_allow_passes():
    sighting = {"eid": "00" * 12, "rssi_dbm": [-70.5] * 200, "heard_s_ago": [1.5] * 200}
    refuse_crowded({"attempt": "", "nonce": "", "sightings": [sighting] * 60})


class Counting(serializers.IntegerField):
    looked_at = 0

    def to_internal_value(self, data: Any) -> int:
        type(self).looked_at += 1
        return super().to_internal_value(data)


def test_a_list_that_is_too_long_is_not_looked_into():
    Counting.looked_at = 0
    with pytest.raises(serializers.ValidationError) as refused:
        BoundedListField(child=Counting(), max_length=3).run_validation(["x"] * 4)
    assert Counting.looked_at == 0
    assert [error.code for error in refused.value.detail] == ["max_length"]


def test_an_answer_names_only_so_many_wrong_items():
    with pytest.raises(serializers.ValidationError) as refused:
        BoundedListField(child=Counting(), max_length=500).run_validation([1, *["x"] * 400])
    assert list(refused.value.detail) == list(range(1, MOST_TOLD + 1))


def test_right_items_are_read():
    assert BoundedListField(child=Counting(), max_length=3).run_validation(["1", 2]) == [1, 2]


def every_serializer(of: type = serializers.Serializer) -> Iterator[type]:
    for kind in of.__subclasses__():
        yield kind
        yield from every_serializer(kind)


def test_each_list_with_a_longest_length_counts_before_it_looks():
    description()  # it loads every view, and with it every serializer
    late = [
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in every_serializer()
        if not kind.__module__.startswith("rest_framework")
        for name, field in getattr(kind, "_declared_fields", {}).items()
        if isinstance(field, serializers.ListField)
        and field.max_length is not None
        and not isinstance(field, BoundedListField)
    ]
    assert late == []


def test_each_list_that_is_sent_has_a_longest_length():
    shapes = description()["components"]["schemas"]
    boundless = [
        f"{name}.{field}"
        for name, shape in shapes.items()
        if name.endswith("Request")
        for field, told in shape.get("properties", {}).items()
        if told.get("type") == "array" and "maxItems" not in told
    ]
    # This one is a list of a serializer, whose limit drf-spectacular does not describe.
    assert boundless == ["RecordingRequest.marks"]
