"""What phones get of a check-in: how a step went, what to do next, and what was decided."""

from __future__ import annotations

from rest_framework import serializers

from sessions_app.api.serializers.sessions import RoomNowSerializer
from sessions_app.models import REQUIREMENTS
from verification.domain.capture import HINT_WORDS
from verification.domain.challenge import Move
from verification.domain.reasons import About, Effect, Reason
from verification.models import EVIDENCE_KINDS, FACE_ASKS, OUTCOMES

REASON_CODES = [reason.value for reason in Reason]


class ReasonSerializer(serializers.Serializer):
    code = serializers.ChoiceField(REASON_CODES)
    about = serializers.ChoiceField(
        [about.value for about in About],
        help_text="What it was found in: a kind of evidence, the phone (device), or the standing.",
    )
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

    Take a picture at each of `pictures_s` or up to 0.2 s after it, with the face at rest before
    the first prompt, not mirrored, and at least 40 pixels between the eyes. A burst with a moment
    missing is filmed again before it is sent. An app may film evenly instead, 3 to 5 pictures a
    second from the beginning to `duration_s`.
    """

    number = serializers.IntegerField()
    duration_s = serializers.FloatField()
    prompts = PromptSerializer(many=True)
    pictures_s = serializers.ListField(
        child=serializers.FloatField(),
        help_text="When to take a picture each: twelve moments that tell most.",
    )
    expires_at = serializers.DateTimeField()


class FilmTicketSerializer(serializers.Serializer):
    """What a live film is begun with at `/ws/check-in/`, once (docs/live-film.md)."""

    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()


class RequirementSerializer(serializers.Serializer):
    """What this check-in needs besides the code."""

    face = serializers.ChoiceField(
        REQUIREMENTS,
        help_text="At Standard it is settled when the codes are taken: `off` where no face is "
        "asked for. Before that it is `required`, so that what is sent in one request has a face.",
    )
    bluetooth = serializers.ChoiceField(REQUIREMENTS)
    passkey = serializers.ChoiceField(
        REQUIREMENTS,
        help_text="`required` where a passkey stands for the face: `POST /passkey/check`.",
    )
    face_ask = serializers.ChoiceField(
        FACE_ASKS,
        allow_null=True,
        help_text="Whether and why Standard asks for the face; null at the other levels, and "
        "before the codes were taken.",
    )
    face_ask_message = serializers.CharField(allow_null=True, help_text="The same in words.")


class SparedSerializer(serializers.Serializer):
    """The number of sessions of the term at which the student was spared a check, and its limit."""

    number = serializers.IntegerField()
    most = serializers.IntegerField()


class OutcomeSerializer(serializers.Serializer):
    """A decision as its student sees it: reasons, no scores."""

    decision = serializers.UUIDField()
    outcome = serializers.ChoiceField(OUTCOMES)
    message = serializers.CharField()
    reasons = ReasonSerializer(many=True)
    counted = serializers.ListField(
        child=serializers.ChoiceField(EVIDENCE_KINDS),
        help_text="The kinds of evidence that were there and in order.",
    )
    spared = SparedSerializer(
        allow_null=True,
        help_text="Where a check was spared, such as the face step. Sessions count once; beyond "
        "`most` such a check-in is refused.",
    )
    attendance = serializers.CharField(
        allow_null=True, help_text="Where the student stands in the register now."
    )
    decided_at = serializers.DateTimeField()


class AttemptSerializer(serializers.Serializer):
    attempt = serializers.UUIDField()
    session = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    needs = RequirementSerializer()
    room = RoomNowSerializer()
    challenge = ChallengeSerializer()
    beacon_nonce = serializers.CharField(help_text="What to ask the room's beacon with.")
    codes_in_time = serializers.BooleanField(
        help_text="Whether codes came along that were right and at most 30 s old. Where they were "
        "not, and the network is back, scan anew."
    )


class StepSerializer(serializers.Serializer):
    """How a step went. ``decision`` is there where it ended the attempt."""

    attempt = serializers.UUIDField(allow_null=True)
    session = serializers.UUIDField(allow_null=True)
    accepted = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)
    needs = RequirementSerializer(allow_null=True)
    room = RoomNowSerializer(allow_null=True)
    challenge = ChallengeSerializer(allow_null=True)
    live = FilmTicketSerializer(
        allow_null=True,
        help_text="For a live film in place of the burst; null where the server films none.",
    )
    passkey = serializers.DictField(
        allow_null=True,
        help_text="For parseRequestOptionsFromJSON, where a passkey stands for the face.",
    )
    beacon_nonce = serializers.CharField(
        allow_null=True, help_text="Hexadecimal: what to ask the room's beacon with."
    )
    hint = serializers.ChoiceField(sorted(HINT_WORDS), allow_null=True)
    hint_message = serializers.CharField(allow_null=True)
    tries_left = serializers.IntegerField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    decision = OutcomeSerializer(allow_null=True)
