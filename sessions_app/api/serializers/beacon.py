"""The shape of what a beacon is told to do."""

from typing import Any

from rest_framework import serializers

from beacon import protocol
from sessions_app.models import (
    Session,
)


class BeaconSessionSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "title", "state", "starts_at", "ends_at"]
        read_only_fields = fields

    def get_title(self, session: Session) -> str:
        return f"{session.subject.name} · {session.class_group.code}"


class BeaconAssignmentSerializer(serializers.Serializer):
    """What a beacon is to do now. docs/bluetooth.md says how ids are made from ``key``."""

    server_time_s = serializers.SerializerMethodField(help_text="Seconds since 1970, UTC.")
    slot_s = serializers.SerializerMethodField()
    ask_again_s = serializers.IntegerField(help_text="How long to wait until the next question.")
    room = serializers.CharField()
    session = BeaconSessionSerializer(allow_null=True)
    key = serializers.SerializerMethodField(help_text="Hexadecimal; null while nothing is open.")

    def get_server_time_s(self, given: Any) -> float:
        return float(self.context["now"].timestamp())

    def get_slot_s(self, given: Any) -> int:
        return protocol.SLOT_S

    def get_key(self, given: Any) -> str | None:
        return given.key.hex() if given.key else None
