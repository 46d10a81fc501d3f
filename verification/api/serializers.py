"""The shapes of what phones send and get. No rules: those are in the services."""

from __future__ import annotations

import json
import math
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from beacon.protocol import Answer, MalformedReply, read_answer
from sessions_app.models import Requirement
from verification.domain.capture import HINT_WORDS
from verification.domain.challenge import Move
from verification.domain.proximity import Sighting
from verification.domain.reasons import Effect, Reason
from verification.engines.base import MAX_IMAGE_BYTES
from verification.models import Outcome, ReviewVerdict, Warning, WarningVerdict
from verification.words import label_of, words_of

MAX_TOKENS = 12
MAX_SIGHTINGS = 60
MAX_SAMPLES = 200
MAX_ANSWERS = 4
MAX_FRAMES = 48


class NonceField(serializers.RegexField):
    """The phone's own name for a call, so that a repeat is recognised."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Fresh for each step; the same again repeats nothing.")
        super().__init__(r"\A[A-Za-z0-9_-]{8,64}\Z", **kwargs)


class MeasuredField(serializers.FloatField):
    """A finite number: DRF would take "nan" for a float, and no comparison holds for it."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError(_("This must be a finite number."))
        return value


@extend_schema_field({"type": "string", "description": "A list as JSON text."})
class JSONTextField(serializers.Field):
    """A list as JSON text inside a multipart form, checked by the serializer of its items."""

    def __init__(self, child: serializers.Field, *, max_length: int, **kwargs: Any) -> None:
        self.inner = serializers.ListField(child=child, max_length=max_length)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            value = json.loads(data) if isinstance(data, str) else data
        except (ValueError, RecursionError):
            raise serializers.ValidationError(_("This must be a JSON list.")) from None
        return self.inner.run_validation(value)

    def to_representation(self, value: Any) -> Any:
        return self.inner.to_representation(value)


# --- what phones send -----------------------------------------------------------------


class TokenSerializer(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)


class SightingSerializer(serializers.Serializer):
    """One advertised id, with a reading for each time it was heard: docs/bluetooth.md."""

    eid = serializers.CharField(
        max_length=64, help_text="Hexadecimal: 16 digits of a short id, 24 of a long one."
    )
    rssi_dbm = serializers.ListField(
        child=MeasuredField(min_value=-127, max_value=20),
        min_length=1,
        max_length=MAX_SAMPLES,
    )
    tx_power_dbm = MeasuredField(
        min_value=-127, max_value=20, required=False, allow_null=True, default=None
    )

    heard_s_ago = serializers.ListField(
        child=MeasuredField(min_value=0, max_value=3600),
        max_length=MAX_SAMPLES,
        required=False,
        default=list,
        help_text="For each reading, how long before the report was sent it was heard.",
    )

    def validate_eid(self, value: str) -> bytes:
        try:
            return bytes.fromhex(value)
        except ValueError:
            raise serializers.ValidationError(_("This must be hexadecimal.")) from None

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if values["heard_s_ago"] and len(values["heard_s_ago"]) != len(values["rssi_dbm"]):
            raise serializers.ValidationError(
                {"heard_s_ago": _("One for each reading is needed. Send as many as readings.")}
            )
        return Sighting(
            values["eid"],
            tuple(values["rssi_dbm"]),
            values["tx_power_dbm"],
            tuple(values["heard_s_ago"]),
        )


@extend_schema_field({"type": "string", "description": "40 hexadecimal digits."})
class AnswerField(serializers.Field):
    """A beacon's answer, as it was read or notified."""

    def to_internal_value(self, data: Any) -> Answer:
        try:
            return read_answer(bytes.fromhex(data if isinstance(data, str) else "-"))
        except MalformedReply:
            raise serializers.ValidationError(
                _(
                    "This is not an answer, which is 20 bytes and begins with 01. Wait for it, "
                    "or ask the beacon again."
                )
            ) from None
        except ValueError:
            raise serializers.ValidationError(_("This must be hexadecimal.")) from None

    def to_representation(self, value: Any) -> Any:
        return value


class OpenAttemptSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    nonce = NonceField()


class ScanSerializer(serializers.Serializer):
    """The codes as read from the screen, whole URLs or bare tokens, or a typed short code.

    A short code needs ``session`` or ``attempt``; tokens name their session themselves.
    """

    tokens = serializers.ListField(
        child=TokenSerializer(), max_length=MAX_TOKENS, required=False, default=list
    )
    short_code = serializers.RegexField(r"\A\d{6}\Z", required=False, default="")
    session = serializers.UUIDField(required=False, default=None)
    attempt = serializers.UUIDField(required=False, default=None)
    nonce = NonceField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs["tokens"]) == bool(attrs["short_code"]):
            raise serializers.ValidationError(_("Send either tokens or a short code."))
        if attrs["short_code"] and not (attrs["session"] or attrs["attempt"]):
            raise serializers.ValidationError(
                {"session": _("A short code needs its session. Send session or attempt along.")}
            )
        return attrs


class BluetoothSerializer(serializers.Serializer):
    attempt = serializers.UUIDField()
    sightings = serializers.ListField(
        child=SightingSerializer(), max_length=MAX_SIGHTINGS, required=False, default=list
    )
    answers = serializers.ListField(
        child=AnswerField(), max_length=MAX_ANSWERS, required=False, default=list
    )
    sent_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="By the phone's own clock."
    )
    nonce = NonceField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["sightings"] and not attrs["answers"]:
            raise serializers.ValidationError(_("Send sightings, answers, or both."))
        return attrs


class FramesField(serializers.ListField):
    """JPEG or PNG files."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.FileField(max_length=200, allow_empty_file=True)
        super().__init__(child=child, **kwargs)

    def to_internal_value(self, data: Any) -> list[bytes]:
        files = super().to_internal_value(data)
        if any(file.size > MAX_IMAGE_BYTES for file in files):
            raise serializers.ValidationError(
                _("A frame has at most %(most)s bytes. Send smaller pictures.")
                % {"most": MAX_IMAGE_BYTES}
            )
        return [file.read() for file in files]


class BurstSerializer(serializers.Serializer):
    """A burst: files ``frames``, and as JSON text the seconds of each since the start."""

    challenge = serializers.IntegerField(
        min_value=1, max_value=100, help_text="The number of the challenge that was followed."
    )
    times_s = JSONTextField(MeasuredField(min_value=-3600, max_value=3600), max_length=MAX_FRAMES)
    frames = FramesField(min_length=1, max_length=MAX_FRAMES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs["times_s"]) != len(attrs["frames"]):
            raise serializers.ValidationError(
                {"times_s": _("One time for each frame is needed. Send as many times as frames.")}
            )
        return attrs


class FaceVerifySerializer(BurstSerializer):
    attempt = serializers.UUIDField()
    nonce = NonceField()


class MarkSerializer(serializers.Serializer):
    attempt = serializers.UUIDField()
    nonce = NonceField()


class CheckInSerializer(serializers.Serializer):
    """All of it in one request. ``tokens``, ``sightings``, ``answers`` and ``times_s`` are JSON
    texts.

    The face needs a challenge, so ``attempt`` comes from ``POST /attendance/attempts``.
    """

    attempt = serializers.UUIDField(required=False, default=None)
    tokens = JSONTextField(TokenSerializer(), max_length=MAX_TOKENS)
    sightings = JSONTextField(SightingSerializer(), max_length=MAX_SIGHTINGS, required=False)
    answers = JSONTextField(AnswerField(), max_length=MAX_ANSWERS, required=False)
    sent_at = serializers.DateTimeField(required=False, default=None)
    challenge = serializers.IntegerField(min_value=1, max_value=100, required=False)
    times_s = JSONTextField(
        MeasuredField(min_value=-3600, max_value=3600),
        max_length=MAX_FRAMES,
        required=False,
    )
    frames = FramesField(max_length=MAX_FRAMES, required=False)
    nonce = NonceField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        burst = [name for name in ("challenge", "times_s", "frames") if attrs.get(name)]
        if burst and len(burst) < 3:
            raise serializers.ValidationError(
                _("A burst needs challenge, times_s and frames. Send all three.")
            )
        if burst and len(attrs["times_s"]) != len(attrs["frames"]):
            raise serializers.ValidationError(
                {"times_s": _("One time for each frame is needed. Send as many times as frames.")}
            )
        return attrs


class ReviewSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField([ReviewVerdict.CONFIRMED, ReviewVerdict.REFUSED])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class AppealSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class WarningVerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField([WarningVerdict.UPHELD, WarningVerdict.DISMISSED])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


# --- what phones get ------------------------------------------------------------------


class ReasonSerializer(serializers.Serializer):
    code = serializers.ChoiceField([r.value for r in Reason])
    message = serializers.CharField()
    effect = serializers.ChoiceField([e.name.lower() for e in Effect])


class PromptSerializer(serializers.Serializer):
    """A move to make between two times. Left and right are the person's own.

    The move has to begin after the prompt appears and be held until it goes; the phone buzzes
    then, so that shut eyes know when to open.
    """

    move = serializers.ChoiceField([move.value for move in Move])
    message = serializers.CharField(help_text="What to tell the person.")
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()


class ChallengeSerializer(serializers.Serializer):
    """Times count from the moment the phone begins to record the burst.

    Take 3 to 5 frames a second for the whole of it, with the face at rest before the first
    prompt, not mirrored, and at least 40 pixels between the eyes.
    """

    number = serializers.IntegerField()
    duration_s = serializers.FloatField()
    prompts = PromptSerializer(many=True)
    expires_at = serializers.DateTimeField()


class RequirementSerializer(serializers.Serializer):
    face = serializers.ChoiceField(Requirement.choices)
    bluetooth = serializers.ChoiceField(Requirement.choices)


class OutcomeSerializer(serializers.Serializer):
    """A decision as its student sees it: reasons, no scores."""

    decision = serializers.UUIDField()
    outcome = serializers.ChoiceField(Outcome.choices)
    message = serializers.CharField()
    reasons = ReasonSerializer(many=True)
    counted = serializers.ListField(child=serializers.CharField())
    attendance = serializers.CharField(
        allow_null=True, help_text="Where the student stands in the register now."
    )
    decided_at = serializers.DateTimeField()


class AttemptSerializer(serializers.Serializer):
    attempt = serializers.UUIDField()
    session = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    needs = RequirementSerializer()
    challenge = ChallengeSerializer()
    beacon_nonce = serializers.CharField(help_text="What to ask the room's beacon with.")


class StepSerializer(serializers.Serializer):
    """How a step went. ``decision`` is there where it ended the attempt."""

    attempt = serializers.UUIDField(allow_null=True)
    session = serializers.UUIDField(allow_null=True)
    accepted = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)
    needs = RequirementSerializer(allow_null=True)
    challenge = ChallengeSerializer(allow_null=True)
    beacon_nonce = serializers.CharField(
        allow_null=True, help_text="Hexadecimal: what to ask the room's beacon with."
    )
    hint = serializers.ChoiceField(sorted(HINT_WORDS), allow_null=True)
    hint_message = serializers.CharField(allow_null=True)
    tries_left = serializers.IntegerField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    decision = OutcomeSerializer(allow_null=True)


class ReviewItemSerializer(serializers.Serializer):
    decision = serializers.UUIDField(source="pk")
    session = serializers.UUIDField(source="session_id")
    student = serializers.UUIDField(source="student_id")
    full_name = serializers.CharField(source="student.full_name")
    reasons = serializers.SerializerMethodField()
    counted = serializers.ListField(child=serializers.CharField())
    decided_at = serializers.DateTimeField()

    def get_reasons(self, decision: Any) -> list[str]:
        return [label_of(code) for code in decision.reasons]


class WarningSerializer(serializers.ModelSerializer):
    """A warning as its student sees it: what was found, and no measurements."""

    message = serializers.SerializerMethodField()

    class Meta:
        model = Warning
        fields = [
            *("id", "session", "reason", "message", "severity", "created_at"),
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
