"""The shapes of excuses and of their kinds."""

from rest_framework import serializers

from sessions_app.domain.excuses import DAY_BEGINS, DAY_ENDS
from sessions_app.models import CountsAs, Excuse, ExcuseKind

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
_CODE = r"^[a-z0-9][a-z0-9_-]*$"


class ExcuseKindSerializer(serializers.ModelSerializer):
    class Meta:
        model = ExcuseKind
        fields = ["id", "code", "name", "counts_as", "is_active"]
        read_only_fields = fields


class NewExcuseKindSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    counts_as = serializers.ChoiceField(CountsAs.choices, default=CountsAs.NOT_COUNTED)
    code = serializers.RegexField(
        _CODE, max_length=30, default="", help_text="Made of the name unless given."
    )


class ExcuseKindChangeSerializer(serializers.Serializer):
    """The code stays as it is."""

    name = serializers.CharField(max_length=60, required=False)
    counts_as = serializers.ChoiceField(CountsAs.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class ExcuseSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(source="kind.code", default=None, allow_null=True, read_only=True)
    student = serializers.UUIDField(source="student_id")
    course = serializers.UUIDField(source="course_id", allow_null=True)
    by = serializers.CharField(source="by.full_name")

    class Meta:
        model = Excuse
        fields = [
            *("id", "student", "course", "kind", "from_date", "from_time", "until_date"),
            *("until_time", "note", "by", "at", "revoked_at"),
        ]
        read_only_fields = fields


class NewExcuseSerializer(serializers.Serializer):
    student = serializers.UUIDField()
    course = serializers.UUIDField(
        allow_null=True, default=None, help_text="Null for all courses, which only admins may give."
    )
    kind = serializers.CharField(
        max_length=30,
        allow_null=True,
        default=None,
        help_text="The code of a kind. An excuse without a kind is not counted.",
    )
    from_date = serializers.DateField()
    from_time = serializers.RegexField(_CLOCK, default=DAY_BEGINS)
    until_date = serializers.DateField()
    until_time = serializers.RegexField(_CLOCK, default=DAY_ENDS)
    note = serializers.CharField(max_length=300)


class ExcuseFilterSerializer(serializers.Serializer):
    student = serializers.UUIDField(required=False)
    course = serializers.UUIDField(required=False)
