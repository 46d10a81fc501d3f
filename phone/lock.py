"""The phone's own lock, which an app supplies: a passkey (WebAuthn) that stays on this phone."""

from __future__ import annotations

from typing import Any, Protocol


class Lock(Protocol):
    """Asks the phone's owner for the fingerprint, the face or the PIN of the phone."""

    def confirm(self, options: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to PublicKeyCredentialRequestOptions as JSON, as a browser's `toJSON()` gives
        it. None where the owner does not confirm, or has no such passkey here."""
        ...
