"""The shapes of what is sent and answered about passkeys."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.fields import Text
from accounts.models import Passkey, PasskeyPurpose, PasskeyTrust

CREDENTIAL_KEYS = 16
MOST_CREDENTIAL_SIGNS = 16_384
"""Characters of a credential as JSON. One without attestation, as this site asks for, has about
1,000. It holds CBOR, in which a number of half a megabyte made the whole server stand still for
minutes: Python turns a whole number into a decimal one in a time that grows with the square of its
length."""


class CredentialField(serializers.DictField):
    """A PublicKeyCredential, as its ``toJSON()`` gives it. A service judges it."""

    default_error_messages = {
        "shape": _("This is not a credential. Send the result of toJSON()."),
        "long": _("This credential is too long. Ask for one without attestation."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value: dict[str, Any] = super().to_internal_value(data)
        if len(value) > CREDENTIAL_KEYS or not isinstance(value.get("response"), dict):
            self.fail("shape")
        if len(json.dumps(value)) > MOST_CREDENTIAL_SIGNS:
            self.fail("long")
        return value


class PasskeySerializer(serializers.ModelSerializer):
    message = serializers.SerializerMethodField()

    class Meta:
        model = Passkey
        fields = ["id", "name", "trust", "backed_up", "created_at", "last_used_at", "message"]
        read_only_fields = fields

    def get_message(self, passkey: Passkey) -> str:
        if passkey.trust == PasskeyTrust.DEVICE_BOUND:
            return str(_("Stays on the device where it was created."))
        return str(_("Synced across your devices."))


class NewPasskeySerializer(serializers.Serializer):
    credential = CredentialField()
    name = Text(max_length=80, required=False, allow_blank=True, default="")


class PasskeyAnswerSerializer(serializers.Serializer):
    credential = CredentialField()


class PasskeyPurposeSerializer(serializers.Serializer):
    purpose = serializers.ChoiceField([PasskeyPurpose.ENROL.value, PasskeyPurpose.DEVICE.value])


class OptionsSerializer(serializers.Serializer):
    options = serializers.DictField(
        help_text="For parseCreationOptionsFromJSON or parseRequestOptionsFromJSON."
    )
