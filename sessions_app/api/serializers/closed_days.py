"""The shapes of the days on which the institution is closed."""

from typing import Any, ClassVar

from rest_framework import serializers

from sessions_app.models import ClosedDay


class ClosedDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = ClosedDay
        fields = ["id", "date", "name", "source"]
        read_only_fields = ["source"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "date": {"validators": []}
        }  # the constraint answers instead, without a race


class ClosedDaysFilterSerializer(serializers.Serializer):
    first = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")
