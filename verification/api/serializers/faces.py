"""The shapes of what phones and teachers send and get about faces. Nothing biometric leaves."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.passkeys import CredentialField
from accounts.models import ConsentAction, ConsentEvent, PasskeyTrust
from attendance_project.parsers import refuse_crowded
from verification.api.serializers.check_in import BurstSerializer
from verification.api.serializers.outcomes import REASON_CODES, ChallengeSerializer
from verification.domain.face_enrolment import PhotoMatch
from verification.models import AccessPurpose, LookAlike, TemplateAccess, TemplateStatus
from verification.queries import WaitingFace

_MATCHES = [match for match in PhotoMatch if match]

# --- what is sent ---------------------------------------------------------------------


class ConsentSerializer(serializers.Serializer):
    """``version`` is that of the text that was shown; only agreeing needs it."""

    action = serializers.ChoiceField(["give", "decline", "withdraw"])
    version = serializers.CharField(max_length=20, required=False, default="")
    purpose = serializers.ChoiceField(
        [ConsentEvent.FACE, ConsentEvent.PICTURE], required=False, default=ConsentEvent.FACE
    )


@extend_schema_field({"type": "string", "description": "A credential as JSON text."})
class CredentialTextField(serializers.Field):
    """A credential inside a multipart form."""

    inner = CredentialField()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            value = json.loads(data)
        except (ValueError, TypeError, RecursionError):
            value = None
        refuse_crowded(value)
        credential: dict[str, Any] = self.inner.run_validation(value if value else {})
        return credential

    def to_representation(self, value: Any) -> Any:
        return value


class EnrolmentBeginSerializer(serializers.Serializer):
    """A version records consent to its text in the same call."""

    consent_version = serializers.CharField(max_length=20, required=False, default="")
    picture_consent_version = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        help_text="Agrees to show one picture to who approves; a choice of its own.",
    )


class FaceEnrolSerializer(BurstSerializer):
    """The burst that answers the challenge of the enrolment."""

    passkey = CredentialTextField(
        required=False,
        default=None,
        help_text="A passkey's answer to `POST /passkeys/challenge` for `enrol`, as JSON text.",
    )


class FaceDecisionSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(["approve", "reject"])
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class PairVerdictSerializer(serializers.Serializer):
    """``reject`` is the student whose face is rejected. Null says that these are two people."""

    reject = serializers.UUIDField(required=False, default=None, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


# --- what is answered -----------------------------------------------------------------


class ConsentTextSerializer(serializers.Serializer):
    """A text to agree to, and the student's latest answer to it."""

    purpose = serializers.ChoiceField([ConsentEvent.FACE, ConsentEvent.PICTURE])
    version = serializers.CharField()
    text = serializers.CharField(help_text="Plain text, with line breaks.")
    answer = serializers.ChoiceField(
        ConsentAction.choices, allow_null=True, help_text="Null where there was none yet."
    )
    answered_version = serializers.CharField(allow_null=True)
    stands = serializers.BooleanField(help_text="Whether the current text is agreed to.")


class EnrolledFaceSerializer(serializers.Serializer):
    """An enrolment of one's own: where it stands, and nothing of the face."""

    status = serializers.ChoiceField(TemplateStatus.choices)
    enrolled_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(
        allow_null=True, help_text="The name of who approved, rejected or disowned it."
    )
    note = serializers.CharField(help_text="Of who approved or rejected it.")
    needs_renewal = serializers.BooleanField(
        help_text="The face check was changed since: please enrol again."
    )


class FaceStatusSerializer(serializers.Serializer):
    consent = serializers.CharField(allow_null=True)
    consent_version = serializers.CharField(allow_null=True)
    current_version = serializers.CharField()
    faces = EnrolledFaceSerializer(many=True)
    re_enrolment_waits = serializers.BooleanField(
        help_text="One that is not your first waits. If that was not you: POST /face/not-me."
    )
    photo_measured_at = serializers.DateTimeField(
        allow_null=True, help_text="When the institution's photo was measured; null if never."
    )


class FaceEnrolmentSerializer(serializers.Serializer):
    status = serializers.ChoiceField([*TemplateStatus.values, "not_enrolled"])
    message = serializers.CharField(
        help_text="Where it stands, or what to do before filming again."
    )
    reasons = serializers.ListField(
        child=serializers.ChoiceField(REASON_CODES),
        help_text="Why the burst makes no face, the worst first. Empty where it does.",
    )
    hint = serializers.CharField(
        allow_null=True, help_text="What spoiled the pictures, where something did."
    )


class EnrolmentChallengeSerializer(serializers.Serializer):
    challenge = ChallengeSerializer()


class DisownedSerializer(serializers.Serializer):
    status = serializers.ChoiceField([TemplateStatus.DISOWNED])
    message = serializers.CharField()


class AccessSerializer(serializers.ModelSerializer):
    """A time that something touched the student's face, a picture or the photo's face."""

    words = serializers.SerializerMethodField(help_text="What for, in a sentence.")
    by = serializers.SerializerMethodField(help_text="A name, 'you' or 'the system'.")

    class Meta:
        model = TemplateAccess
        fields = ["purpose", "words", "by", "at"]
        read_only_fields = fields

    def get_words(self, access: TemplateAccess) -> str:
        known = access.purpose in AccessPurpose.values
        return str(AccessPurpose(access.purpose).label) if known else access.purpose

    def get_by(self, access: TemplateAccess) -> str:
        if access.actor is None:
            return _("the system")
        return _("you") if access.actor_id == access.student_id else access.actor.full_name


class SomebodySerializer(serializers.Serializer):
    student = serializers.UUIDField(source="pk")
    full_name = serializers.CharField()
    institution_number = serializers.CharField()


class LookAlikeSerializer(serializers.ModelSerializer):
    """Two approved faces that look alike, which nobody answered yet."""

    students = serializers.SerializerMethodField()

    class Meta:
        model = LookAlike
        fields = ["id", "students", "found_at"]
        read_only_fields = fields

    @extend_schema_field(SomebodySerializer(many=True))
    def get_students(self, pair: LookAlike) -> Any:
        return SomebodySerializer([pair.template.student, pair.other.student], many=True).data


class FaceVerdictSerializer(serializers.Serializer):
    """An enrolment after a verdict."""

    id = serializers.UUIDField()
    student = serializers.UUIDField(source="student_id")
    full_name = serializers.CharField(source="student.full_name")
    institution_number = serializers.CharField(source="student.institution_number")
    enrolled_at = serializers.DateTimeField()
    status = serializers.ChoiceField(TemplateStatus.choices)
    note = serializers.CharField()


class WaitingFaceSerializer(serializers.Serializer):
    """An enrolment that waits, with what speaks for and against it in words."""

    id = serializers.UUIDField(source="template.pk")
    student = serializers.UUIDField(source="template.student_id")
    full_name = serializers.CharField(source="template.student.full_name")
    institution_number = serializers.CharField(source="template.student.institution_number")
    enrolled_at = serializers.DateTimeField(source="template.enrolled_at")
    status = serializers.ChoiceField(TemplateStatus.choices, source="template.status")
    replaces = serializers.DateTimeField(
        allow_null=True, help_text="When the face that counts now was enrolled; null for a first."
    )
    photo_match = serializers.SerializerMethodField(
        help_text="How it compares with the institution's photo, where that is asked for."
    )
    confirmed_by = serializers.ChoiceField(
        PasskeyTrust.choices,
        source="template.confirmed_by",
        help_text="By what passkey the student confirmed the enrolment; empty for none.",
    )
    look_alikes = SomebodySerializer(
        many=True, help_text="Students whose enrolled face looks like this one."
    )
    unnamed_look_alikes = serializers.IntegerField(
        source="unnamed", help_text="Others whom you may not see; an admin may."
    )
    compared_with = serializers.IntegerField(
        source="template.compared_with",
        allow_null=True,
        help_text="Faces of students of the same courses. Null where that was cut short, and 0 "
        "where no classmate had one: not compared yet.",
    )
    courses_left = serializers.IntegerField(
        help_text="Courses of the student whose faces it is not compared with yet. That is done "
        "when it is approved, or in the next nightly run."
    )
    needs_note = serializers.BooleanField(help_text="Whether approving needs a note.")

    @extend_schema_field(serializers.ChoiceField(["not_asked", "no_photo", *_MATCHES]))
    def get_photo_match(self, face: WaitingFace) -> str:
        return (face.photo_match.value or "no_photo") if face.asks_for_photo else "not_asked"
