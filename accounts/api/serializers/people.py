"""The shapes of what is sent and answered about people."""

from rest_framework import serializers

from accounts.api.fields import (
    Email,
    InstitutionNumber,
    Line,
    Password,
    PersonName,
    StrictBoolean,
    Text,
)
from accounts.models import Role, User


class UserSerializer(serializers.ModelSerializer):
    """A profile, as its owner or an admin sees it. Until the e-mail address is confirmed the number
    is only claimed, and may be empty."""

    institution_number = serializers.CharField(source="number", read_only=True)
    email_confirmed = serializers.BooleanField(source="is_confirmed", read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "role",
            "email",
            "email_confirmed",
            "full_name",
            "institution_number",
            "department",
            "is_active",
            "is_approved",
            "created_at",
        ]
        read_only_fields = fields


class UpdatedUserSerializer(UserSerializer):
    """A profile after a change. One's own new address counts once its mailed link was opened, and
    one's own new name once an admin has approved it."""

    email_to_confirm = serializers.CharField(allow_blank=True, read_only=True)
    name_to_approve = serializers.CharField(allow_blank=True, read_only=True)

    class Meta(UserSerializer.Meta):
        fields = [*UserSerializer.Meta.fields, "email_to_confirm", "name_to_approve"]
        read_only_fields = fields


class RegistrationSerializer(serializers.Serializer):
    """What registers a student. A role or an approval is ignored if sent."""

    email = Email()
    password = Password()
    full_name = PersonName()
    institution_number = InstitutionNumber()
    department = Line(required=False, allow_blank=True, max_length=100, default="")


class ConfirmationSerializer(serializers.Serializer):
    institution_number = InstitutionNumber(
        required=False, help_text="Another number than the one that was claimed before."
    )


class InvitedRegistrationSerializer(RegistrationSerializer):
    invitation = Text(
        required=False,
        allow_blank=True,
        max_length=100,
        default="",
        help_text="A one-time code that an admin made.",
    )


class ProfileSerializer(serializers.Serializer):
    """What a profile's owner or an admin sends to change it."""

    full_name = PersonName()
    name_reason = Line(
        required=False,
        allow_blank=True,
        max_length=300,
        help_text="Why one's own name is to be another one; read by the admin who approves it.",
    )
    email = Email()
    department = Line(required=False, allow_blank=True, max_length=100)
    current_password = Password(
        required=False, help_text="Needed to change one's own e-mail address."
    )
    role = serializers.ChoiceField(Role.choices, required=False, help_text="Admins only.")
    institution_number = InstitutionNumber(
        required=False, help_text="Admins only, once the address is confirmed."
    )
    is_active = StrictBoolean(required=False, help_text="Admins only.")


class PasswordChangeSerializer(serializers.Serializer):
    current_password = Password()
    new_password = Password()


class NewInvitationSerializer(serializers.Serializer):
    role = serializers.ChoiceField([Role.TEACHER.value, Role.ADMIN.value])
    email = Email(
        required=False,
        allow_blank=True,
        default="",
        help_text="Only this address may use it, if given.",
    )


class InvitationSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    role = serializers.CharField()
    email = serializers.CharField()
    expires_at = serializers.DateTimeField()
    code = serializers.CharField(help_text="Shown here and never again.")
