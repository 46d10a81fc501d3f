"""The shapes of names that people wish to have."""

from rest_framework import serializers

from accounts.models import NameRequest


class NameRequestSerializer(serializers.ModelSerializer):
    institution_number = serializers.CharField(source="user.number", read_only=True)

    class Meta:
        model = NameRequest
        fields = [
            "id",
            "user",
            "institution_number",
            "old_name",
            "new_name",
            "reason",
            "state",
            "asked_at",
            "decided_at",
        ]
        read_only_fields = fields


class OwnNameSerializer(serializers.Serializer):
    """``request`` is what the person asked for last. Null where they asked for nothing, or that was
    decided over 30 days ago."""

    full_name = serializers.CharField()
    request = NameRequestSerializer(allow_null=True)


class NameVerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(["approve", "decline", "undo"])
