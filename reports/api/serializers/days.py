"""The first and the last day that a client asks for."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from reports.domain.days import FIRST_DAY, LAST_DAY, is_askable


class DaysSerializer(serializers.Serializer):
    """``?from=2026-03-01&to=2026-03-31``, both days included."""

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**days, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if name in attrs and not is_askable(attrs[name]):
                raise serializers.ValidationError({name: _("Choose a day between 2000 and 2199.")})
        if attrs.get("from", FIRST_DAY) > attrs.get("to", LAST_DAY):
            raise serializers.ValidationError(
                {"from": _("Choose a first day that is not after the last day.")}
            )
        return attrs
