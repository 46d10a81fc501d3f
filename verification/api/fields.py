"""Fields of what phones send, each checked before anything is made of it."""

from __future__ import annotations

import json
import math
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from attendance_project.api_fields import BoundedListField
from attendance_project.parsers import refuse_crowded
from beacon.protocol import Answer, MalformedReply, is_sound_payload, read_answer
from verification.engines.base import MAX_IMAGE_BYTES


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
        self.inner = BoundedListField(child=child, max_length=max_length)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            value = json.loads(data) if isinstance(data, str) else data
        except (ValueError, RecursionError):
            raise serializers.ValidationError(_("This must be a JSON list.")) from None
        refuse_crowded(value)
        return self.inner.run_validation(value)

    def to_representation(self, value: Any) -> Any:
        return self.inner.to_representation(value)


class TokenField(serializers.CharField):
    """A code as read from the screen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)


@extend_schema_field({"type": "string", "description": "40 hexadecimal digits."})
class AnswerField(serializers.Field):
    """A beacon's answer, as it was read or notified."""

    def to_internal_value(self, data: Any) -> Answer:
        try:
            return read_answer(bytes.fromhex(data if isinstance(data, str) else "-"))
        except MalformedReply:
            raise serializers.ValidationError(
                _(
                    "This is not a beacon's answer, which has 20 bytes and begins with 01. "
                    "Ask the beacon again."
                )
            ) from None
        except ValueError:
            raise serializers.ValidationError(_("This must be hexadecimal.")) from None

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "string", "description": "22 hexadecimal digits."})
class SoundPayloadField(serializers.Field):
    """A payload of the room's sound, as the phone decoded it, whole."""

    def to_internal_value(self, data: Any) -> bytes:
        try:
            payload = bytes.fromhex(data if isinstance(data, str) else "-")
        except ValueError:
            raise serializers.ValidationError(_("This must be hexadecimal.")) from None
        if not is_sound_payload(payload):
            raise serializers.ValidationError(
                _("This is not the room's sound, or it was damaged. Listen again.")
            )
        return payload

    def to_representation(self, value: Any) -> Any:
        return value


class FramesField(BoundedListField):
    """JPEG or PNG files."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        child = serializers.FileField(max_length=200, allow_empty_file=True)
        super().__init__(child=child, max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[bytes]:
        files = super().to_internal_value(data)
        if any(file.size > MAX_IMAGE_BYTES for file in files):
            raise serializers.ValidationError(
                _("A frame has at most %(most)s bytes. Send smaller pictures.")
                % {"most": MAX_IMAGE_BYTES}
            )
        return [file.read() for file in files]
