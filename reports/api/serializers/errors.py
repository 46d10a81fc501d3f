"""What the API answers of the error log, and how a client narrows it."""

from rest_framework import serializers

from reports.api.serializers.days import DaysSerializer
from reports.models import ErrorEvent
from reports.queries.errors import KINDS


class ErrorFilterSerializer(DaysSerializer):
    kind = serializers.ChoiceField(KINDS, required=False)
    status = serializers.IntegerField(required=False, min_value=400, max_value=599)
    code = serializers.CharField(required=False, max_length=60)
    route = serializers.CharField(required=False, max_length=200)
    request_id = serializers.CharField(required=False, max_length=36)
    user = serializers.UUIDField(required=False)


class ErrorEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = ErrorEvent
        fields = (
            *("id", "request_id", "at", "method", "route"),
            *("status", "code", "detail", "user"),
        )
        read_only_fields = fields
