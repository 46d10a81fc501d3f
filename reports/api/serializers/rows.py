"""How a row of a report becomes JSON. Its fields are those that the row names and types."""

from typing import Any

from rest_framework import serializers
from rest_framework_dataclasses.field_utils import TypeInfo
from rest_framework_dataclasses.serializers import DataclassSerializer

from reports.domain.rates import Allowance, Tally
from reports.queries.rows import CourseNames, SessionSummary
from verification.domain.reasons import Severity
from verification.models import SEVERITIES


# ``Meta.dataclass`` is the row's class. A serializer declares a field only where the row's type of
# it does not say enough, and ``Meta.extra_kwargs`` adds help texts. ``Meta.flat`` has the
# serializer of each part whose fields stand among the row's own fields, because clients read the
# names of a course and its counts side by side. This is a comment and no docstring, because the
# API's description would repeat a docstring for every row that has none.
class RowSerializer(DataclassSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        flat = getattr(getattr(self, "Meta", None), "flat", {})
        found: dict[str, serializers.Field] = {}
        for name, field in super().get_fields().items():
            found |= _fields_of_part(name, flat[name]()) if name in flat else {name: field}
        return found

    def get_default_field_names(self, declared_fields: Any) -> list[str]:
        """Name the row's fields in their order, and after them the fields that only we declare."""
        own = list(self.dataclass_definition.fields)
        return [*own, *(name for name in declared_fields if name not in own)]

    def build_typed_field(
        self, field_name: str, type_info: TypeInfo, extra_kwargs: dict[str, Any]
    ) -> tuple[type[serializers.Field], dict[str, Any]]:
        kind, kwargs = super().build_typed_field(field_name, type_info, extra_kwargs)
        # An answer always has every field, also a field that has a default in the row's class.
        kwargs.pop("required", None)
        return kind, kwargs

    def build_enum_field(
        self, field_name: str, type_info: TypeInfo
    ) -> tuple[type[serializers.Field], dict[str, Any]]:
        return serializers.ChoiceField, {"choices": _choices_of(type_info.base_type)}

    @property
    def serializer_dataclass_field(self) -> type[serializers.Field]:
        return RowSerializer


def _choices_of(enum: Any) -> list[tuple[str, Any]]:
    """Each value with its name on screens. The models have the names of the domain's enums."""
    choices: list[tuple[str, Any]] = SEVERITIES if enum is Severity else enum.choices
    return choices


def _fields_of_part(name: str, part: serializers.Serializer) -> dict[str, serializers.Field]:
    """Turn the fields of a part of a row into fields of the row itself."""
    fields = part.get_fields()
    for own_name, field in fields.items():
        field.source = f"{name}.{field.source or own_name}"
    return fields


class CountsSerializer(RowSerializer):
    """attended = present + late - late_absences; counted = present + late + absent; rate =
    attended / counted, by sessions or by hours as the course has chosen."""

    attended = serializers.IntegerField()
    counted = serializers.IntegerField()
    attended_h = serializers.FloatField(
        allow_null=True, help_text="Hours. Empty unless all sessions count by hours."
    )
    counted_h = serializers.FloatField(
        allow_null=True, help_text="Hours. Empty unless all sessions count by hours."
    )
    rate_percent = serializers.FloatField(
        allow_null=True, help_text="Empty where nothing has counted yet."
    )

    class Meta:
        dataclass = Tally
        ref_name = "Counts"
        exclude = ("hours",)
        extra_kwargs = {
            "late_absences": {"help_text": "How many of the lates count as absences."},
        }


class AllowanceSerializer(RowSerializer):
    class Meta:
        dataclass = Allowance
        extra_kwargs = {
            "may_still_miss": {
                "help_text": "Sessions ahead that can be missed with the rate still as required, "
                "whichever these are."
            },
            "ahead_h": {"help_text": "Hours of the sessions ahead, in a course by hours."},
            "may_still_miss_h": {
                "help_text": "Hours of them that can be missed, in a course by hours. It is 0 "
                "where no session ahead is as short."
            },
            "excused_ahead": {
                "help_text": "Sessions to come that are not among those ahead, since an excuse "
                "lets the student stay away."
            },
            "can_be_met": {
                "help_text": "Whether attending every session ahead would still reach what is "
                "required."
            },
        }


class CourseNamesSerializer(RowSerializer):
    class Meta:
        dataclass = CourseNames


class SessionSummarySerializer(RowSerializer):
    class Meta:
        dataclass = SessionSummary
        flat = {"course": CourseNamesSerializer}
