"""The shapes of reviews and warnings: what people decide, and what they are shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from verification.api.serializers.outcomes import SparedSerializer
from verification.domain.spared import spared_in
from verification.models import OUTCOMES, ReviewVerdict, Warning, WarningVerdict
from verification.words import label_of, words_of

# --- what people send -----------------------------------------------------------------


class ReviewSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField([ReviewVerdict.CONFIRMED, ReviewVerdict.REFUSED])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class AppealSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class WarningVerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField([WarningVerdict.UPHELD, WarningVerdict.DISMISSED])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


# --- what people get ------------------------------------------------------------------


class TrySerializer(serializers.Serializer):
    """One try of a student at a session."""

    outcome = serializers.ChoiceField(OUTCOMES)
    was_refused = serializers.BooleanField(help_text="Whether it waited and a person refused it.")
    reasons = serializers.SerializerMethodField()
    decided_at = serializers.DateTimeField()

    def get_reasons(self, one: Any) -> list[str]:
        return [label_of(code) for code in one.reasons]


class ReviewItemSerializer(serializers.Serializer):
    """What waits of a student at a session: the newest try in review, with all tries."""

    decision = serializers.UUIDField(source="decision.pk")
    session = serializers.UUIDField(source="decision.session_id")
    student = serializers.UUIDField(source="decision.student_id")
    full_name = serializers.CharField(source="decision.student.full_name")
    reasons = serializers.SerializerMethodField()
    counted = serializers.ListField(child=serializers.CharField(), source="decision.counted")
    spared = serializers.SerializerMethodField()
    decided_at = serializers.DateTimeField(source="decision.decided_at")
    tries = TrySerializer(many=True, help_text="The newest thirty, the newest first.")
    tries_count = serializers.IntegerField()

    def get_reasons(self, review: Any) -> list[str]:
        return [label_of(code) for code in review.decision.reasons]

    @extend_schema_field(SparedSerializer(allow_null=True))
    def get_spared(self, review: Any) -> dict[str, int] | None:
        spared = spared_in(review.decision.evidence, review.decision.policy)
        return None if spared is None else asdict(spared)


class WarningSerializer(serializers.ModelSerializer):
    """A warning as its student sees it: what was found, and no measurements."""

    message = serializers.SerializerMethodField()
    subject_name = serializers.CharField(source="session.subject.name", read_only=True)
    starts_at = serializers.DateTimeField(
        source="session.starts_at", read_only=True, help_text="Of the session."
    )
    time_zone = serializers.CharField(source="session.time_zone", read_only=True)

    class Meta:
        model = Warning
        fields = [
            *("id", "session", "subject_name", "starts_at", "time_zone"),
            *("reason", "message", "severity", "created_at"),
            *("appeal", "appealed_at", "verdict", "verdict_note", "verdict_at"),
        ]
        read_only_fields = fields

    def get_message(self, warning: Warning) -> str:
        return words_of(warning.reason)


class WarningDetailSerializer(WarningSerializer):
    """A warning as teachers and admins see it, with the numbers behind it."""

    class Meta(WarningSerializer.Meta):
        fields = [*WarningSerializer.Meta.fields, "student", "measured"]
        read_only_fields = fields


class WarnedUserSerializer(serializers.Serializer):
    student = serializers.UUIDField()
    full_name = serializers.CharField()
    institution_number = serializers.CharField()
    strikes = serializers.IntegerField()
    warnings = WarningDetailSerializer(many=True)
