"""What phones send of a check-in: its evidence. No rules: those are in the services."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.serializers.passkeys import CredentialField
from accounts.domain.jws import MAX_LENGTH
from attendance_project.api_fields import BoundedListField
from verification.api.fields import (
    AnswerField,
    FramesField,
    JSONTextField,
    MeasuredField,
    NonceField,
    SoundPayloadField,
    TokenField,
)
from verification.domain.radio import Sighting
from verification.domain.sound import HeardSound

MAX_TOKENS = 12
MAX_SIGHTINGS = 60
MAX_SAMPLES = 200
MAX_ANSWERS = 4
MAX_SOUNDS = 12
MAX_FRAMES = 48


class _StepSerializer(serializers.Serializer):
    """What a phone may say with each step."""

    finish = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Decide at once where this was the last that the session asks for and all of it "
        "is in order: the answer then has the `decision`, and no call of `/attendance/mark` is "
        "needed. Where `decision` is null, go on.",
    )


class SightingSerializer(serializers.Serializer):
    """One advertised id, with a reading for each time it was heard: docs/bluetooth.md."""

    eid = serializers.CharField(
        max_length=64, help_text="Hexadecimal: 16 digits of a short id, 24 of a long one."
    )
    rssi_dbm = BoundedListField(
        child=MeasuredField(min_value=-127, max_value=20),
        min_length=1,
        max_length=MAX_SAMPLES,
    )
    tx_power_dbm = MeasuredField(
        min_value=-127, max_value=20, required=False, allow_null=True, default=None
    )

    heard_s_ago = BoundedListField(
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
            raise serializers.ValidationError({"heard_s_ago": _("Send one for each reading.")})
        return Sighting(
            values["eid"],
            tuple(values["rssi_dbm"]),
            values["tx_power_dbm"],
            tuple(values["heard_s_ago"]),
        )


class HeardSoundSerializer(serializers.Serializer):
    """A payload of the room's sound, decoded by the phone: docs/sound.md."""

    payload = SoundPayloadField()
    heard_s_ago = MeasuredField(
        min_value=0, max_value=3600, help_text="How long before the report was sent it was heard."
    )

    def to_internal_value(self, data: Any) -> Any:
        return HeardSound(**super().to_internal_value(data))


class OpenAttemptSerializer(serializers.Serializer):
    session = serializers.UUIDField()
    tokens = BoundedListField(
        child=TokenField(),
        max_length=MAX_TOKENS,
        required=False,
        default=list,
        help_text="The codes, where they were read already and could not be sent by a scan.",
    )
    nonce = NonceField()


class ScanSerializer(_StepSerializer):
    """The codes as read from the screen, whole URLs or bare tokens, or a typed short code.

    A short code needs ``session`` or ``attempt``; tokens name their session themselves.
    """

    tokens = BoundedListField(
        child=TokenField(), max_length=MAX_TOKENS, required=False, default=list
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
                {"session": _("A short code needs its session. Send session or attempt too.")}
            )
        return attrs


class BluetoothSerializer(_StepSerializer):
    attempt = serializers.UUIDField()
    sightings = BoundedListField(
        child=SightingSerializer(), max_length=MAX_SIGHTINGS, required=False, default=list
    )
    answers = BoundedListField(
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


class SoundSerializer(_StepSerializer):
    attempt = serializers.UUIDField()
    heard = BoundedListField(child=HeardSoundSerializer(), min_length=1, max_length=MAX_SOUNDS)
    nonce = NonceField()


class BurstSerializer(serializers.Serializer):
    """A burst: files ``frames``, and as JSON text the seconds of each since the start."""

    challenge = serializers.IntegerField(
        min_value=1, max_value=100, help_text="The number of the challenge that was followed."
    )
    times_s = JSONTextField(MeasuredField(min_value=-3600, max_value=3600), max_length=MAX_FRAMES)
    frames = FramesField(min_length=1, max_length=MAX_FRAMES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs["times_s"]) != len(attrs["frames"]):
            raise serializers.ValidationError({"times_s": _("Send one time for each frame.")})
        return attrs


class FaceVerifySerializer(BurstSerializer, _StepSerializer):
    attempt = serializers.UUIDField()
    nonce = NonceField()


class PasskeySerializer(_StepSerializer):
    attempt = serializers.UUIDField()
    credential = CredentialField(
        required=False,
        allow_null=True,
        default=None,
        help_text="What `toJSON()` gives of the passkey's answer. Null where the student shows the "
        "face instead.",
    )
    nonce = NonceField()


class MarkSerializer(serializers.Serializer):
    attempt = serializers.UUIDField()
    nonce = NonceField()
    without_face = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The student cannot make the moves, and no burst was sent: the teacher confirms.",
    )


class CheckInSerializer(serializers.Serializer):
    """All of it in one request. ``tokens``, ``sightings``, ``answers``, ``heard`` and ``times_s``
    are JSON texts.

    The face needs a challenge, so ``attempt`` comes from ``POST /attendance/attempts``.
    """

    attempt = serializers.UUIDField(required=False, default=None)
    tokens = JSONTextField(TokenField(), max_length=MAX_TOKENS)
    sightings = JSONTextField(SightingSerializer(), max_length=MAX_SIGHTINGS, required=False)
    answers = JSONTextField(AnswerField(), max_length=MAX_ANSWERS, required=False)
    heard = JSONTextField(HeardSoundSerializer(), max_length=MAX_SOUNDS, required=False)
    sent_at = serializers.DateTimeField(required=False, default=None)
    challenge = serializers.IntegerField(min_value=1, max_value=100, required=False)
    times_s = JSONTextField(
        MeasuredField(min_value=-3600, max_value=3600),
        max_length=MAX_FRAMES,
        required=False,
    )
    frames = FramesField(max_length=MAX_FRAMES, required=False)
    without_face = serializers.BooleanField(
        required=False,
        default=False,
        help_text="No burst could be made, as without a network no challenge was to be had: the "
        "teacher confirms.",
    )
    gathered = serializers.CharField(
        required=False,
        default="",
        max_length=MAX_LENGTH,
        help_text=(
            "For what was kept without a network: a JWT of type `gathered+jwt` by the phone's key, "
            "`jwk` in its header as in a DPoP proof. Claims: `nonce`, that of this call; `iat`, "
            "when the newest code was seen, and `done`, when the last was gathered, in seconds "
            "by the clock that the proof's `iat` goes by; `tokens`, SHA-256 of the tokens joined "
            "by newlines, base64url; `frames`, SHA-256 over the frames' SHA-256 digests one after "
            "another, base64url, empty without frames."
        ),
    )
    nonce = NonceField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        burst = [name for name in ("challenge", "times_s", "frames") if attrs.get(name)]
        if burst and len(burst) < 3:
            raise serializers.ValidationError(
                _("A burst needs challenge, times_s and frames. Send all three.")
            )
        if burst and len(attrs["times_s"]) != len(attrs["frames"]):
            raise serializers.ValidationError({"times_s": _("Send one time for each frame.")})
        return attrs
