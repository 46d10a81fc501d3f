"""The shapes of what a running session shows, and of marks by hand."""

from rest_framework import serializers

from sessions_app.models import (
    CodeShowing,
    MarkSource,
    MarkStatus,
    SessionState,
)

NONCE = r"^[A-Za-z0-9_-]{8,40}$"


class RegisterRowSerializer(serializers.Serializer):
    student_id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField(
        help_text="present, late, excused, absent, review, refused, cleared or missing"
    )
    source = serializers.CharField()  # type: ignore[assignment]  # the wire name is "source"
    evidence = serializers.ListField(child=serializers.CharField())
    at = serializers.DateTimeField(allow_null=True)
    time = serializers.CharField(help_text="On the session's own clock.")
    reasons = serializers.ListField(child=serializers.CharField())
    signs = serializers.ListField(
        child=serializers.CharField(), help_text="What else there is to know, for or against."
    )
    decision_id = serializers.CharField(allow_null=True)


class RegisterSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    state = serializers.ChoiceField(SessionState.choices)
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RegisterRowSerializer(many=True)


class RotatingCodeSerializer(serializers.Serializer):
    token = serializers.CharField()
    url = serializers.CharField()
    svg = serializers.CharField()
    slot = serializers.IntegerField()
    changes_at = serializers.DateTimeField()
    dies_at = serializers.DateTimeField()


class ShortCodeSerializer(serializers.Serializer):
    digits = serializers.CharField()
    changes_at = serializers.DateTimeField()


class CodeShowingSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="by.full_name", read_only=True)

    class Meta:
        model = CodeShowing
        fields = ["by", "name", "way", "shown_at", "shown_until"]
        read_only_fields = fields


class BeaconSerializer(serializers.Serializer):
    """What the room's beacon needs. The id of a slot is the first ``id_bytes`` of HMAC-SHA256(key,
    "ATT1" + slot as 8 bytes, big-endian). The slot is Unix time // slot_s."""

    key = serializers.CharField(help_text="Hexadecimal.")
    session_code = serializers.IntegerField()
    slot_s = serializers.IntegerField()
    id_bytes = serializers.IntegerField()
    server_time = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class ManualMarkSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    student = serializers.UUIDField()
    status = serializers.ChoiceField(
        MarkStatus.choices, help_text="Empty to clear: then no mark counts."
    )
    reason = serializers.CharField(max_length=300)
    nonce = serializers.RegexField(NONCE, help_text="The same again changes nothing.")


class MarkedSerializer(serializers.Serializer):
    """The attendance after a mark by hand. Where it was cleared, ``id`` and ``marked_at`` are null
    and ``status`` is empty."""

    id = serializers.UUIDField(allow_null=True)
    session = serializers.UUIDField()
    student = serializers.UUIDField()
    status = serializers.ChoiceField(MarkStatus.choices)
    source = serializers.ChoiceField(MarkSource.choices)  # type: ignore[assignment]  # the wire name is "source"
    evidence = serializers.ListField(child=serializers.CharField())
    marked_at = serializers.DateTimeField(allow_null=True)


class GuestSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    session = serializers.UUIDField(source="session_id")
    name = serializers.CharField()
    number = serializers.CharField()
    by = serializers.CharField(source="by.full_name")
    at = serializers.DateTimeField()


class NewGuestSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150, default="", allow_blank=True)
    number = serializers.CharField(max_length=40, default="", allow_blank=True)
    nonce = serializers.RegexField(NONCE, help_text="The same again changes nothing.")


class NamedGuestSerializer(serializers.Serializer):
    name = serializers.CharField(
        max_length=150,
        default="",
        allow_blank=True,
        help_text="Whom you mean, where the guest was noted by another name than the account has.",
    )


class EnrolledGuestSerializer(serializers.Serializer):
    student = serializers.UUIDField()
