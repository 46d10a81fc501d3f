"""The shapes of asking for a link by mail."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts import hooks
from accounts.api.fields import Email, Text


class WantedLinkSerializer(serializers.Serializer):
    act = Text(
        max_length=40,
        help_text="`erase_face`, `revoke_phones`, `ask_for_erasure` or `change_email`.",
    )
    email = Email(
        required=False, allow_blank=True, default="", help_text="The new address to change to."
    )

    def validate_act(self, act: str) -> str:
        if act not in hooks.acts or not hooks.acts[act].is_asked_for:
            raise serializers.ValidationError(_("No link does this."))
        return act

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["act"] == "change_email" and not attrs["email"]:
            raise serializers.ValidationError({"email": [_("Name the new address.")]})
        return attrs


class LinkSentSerializer(serializers.Serializer):
    sent_to = serializers.CharField()
