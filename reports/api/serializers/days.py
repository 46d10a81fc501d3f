"""The first and the last day of what is asked for."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


class DaysSerializer(serializers.Serializer):
    """``?from=2026-03-01&to=2026-03-31``, both days included."""

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**days, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if not FIRST_DAY <= attrs.get(name, FIRST_DAY) <= LAST_DAY:
                raise serializers.ValidationError(
                    {name: _("Choose a day of this century or next.")}
                )
        if attrs.get("from", FIRST_DAY) > attrs.get("to", LAST_DAY):
            raise serializers.ValidationError(
                {"from": _("Choose a day that is not after the last one.")}
            )
        return attrs
