"""The screen lock of a phone, by Chromium's authenticator, which answers without asking anybody."""

from typing import Any

from playwright.sync_api import Page

AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Lock:
    """``how`` are options of the DevTools protocol, such as for passkeys that are synced."""

    def __init__(self, page: Page, **how: bool) -> None:
        self.line = page.context.new_cdp_session(page)
        self.line.send("WebAuthn.enable")
        made = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | how})
        self.named = {"authenticatorId": made["authenticatorId"]}

    def verifies(self, is_owner: bool) -> None:
        """Let the lock recognise its owner from now on, or nobody."""
        self.line.send("WebAuthn.setUserVerified", self.named | {"isUserVerified": is_owner})

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.line.send("WebAuthn.getCredentials", self.named)[
            "credentials"
        ]
        return found

    def add(self, passkeys: list[dict[str, Any]]) -> None:
        for credential in passkeys:
            self.line.send("WebAuthn.addCredential", self.named | {"credential": credential})
