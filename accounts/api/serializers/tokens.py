"""The shapes of log-in, refresh and log-out."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.fields import Email, Password, Text
from accounts.api.serializers.people import UserSerializer
from accounts.models import Device, DeviceStatus


class LoginSerializer(serializers.Serializer):
    email = Email()
    password = Password()
    device_name = Text(required=False, allow_blank=True, max_length=80, default="")


class RefreshSerializer(serializers.Serializer):
    refresh = Text(max_length=4096)


class TokenPairSerializer(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()


class DeviceSerializer(serializers.ModelSerializer):
    """A phone, as its owner or the person who decides on it sees it."""

    user_name = serializers.CharField(source="user.full_name", read_only=True)
    message = serializers.SerializerMethodField()

    class Meta:
        model = Device
        fields = [
            "id",
            "user",
            "user_name",
            "name",
            "status",
            "registered_at",
            "activates_at",
            "activated_at",
            "revoked_at",
            "approved_by",
            "confirmed_by",
            "message",
        ]
        read_only_fields = fields

    def get_message(self, device: Device) -> str:
        return str(_MESSAGES[DeviceStatus(device.status)])


class DeviceFilterSerializer(serializers.Serializer):
    user = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(DeviceStatus.choices, required=False)


_MESSAGES = {
    DeviceStatus.ACTIVE: _("This phone can check you in."),
    DeviceStatus.PENDING: (
        _(
            "This phone can check you in once a teacher approves it, or when the waiting time is "
            "over."
        )
    ),
    DeviceStatus.REVOKED: _("This phone was removed. Log in on it to use it again."),
}


class NoticeSerializer(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class LoggedInSerializer(TokenPairSerializer):
    user = UserSerializer()
    device = DeviceSerializer(
        allow_null=True, help_text="The phone that proved its key; null without one."
    )
    notice = NoticeSerializer(
        allow_null=True,
        help_text="`device_of_another_student` where the phone already belongs to someone else.",
    )
