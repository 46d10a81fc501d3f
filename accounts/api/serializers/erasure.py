"""The shape of a request to be erased."""

from rest_framework import serializers

from accounts.models import ErasureState


class ErasureSerializer(serializers.Serializer):
    """The latest request. All fields are empty where there was none."""

    state = serializers.ChoiceField(ErasureState.choices, allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was taken back, or all was erased."
    )
