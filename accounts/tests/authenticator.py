"""An authenticator in software: it makes passkeys and answers challenges as a phone's does."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
"""Flags of the authenticator data (WebAuthn level 3, 6.1)."""


class Authenticator:
    """One credential. ``synced`` sets the flags of a passkey that is copied to other devices."""

    def __init__(self, *, synced: bool = False, origin: str, rp_id: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.flags = PRESENT | VERIFIED | (ELIGIBLE | BACKED_UP if synced else 0)
        self.origin, self.rp_id = origin, rp_id
        self.count = 0

    def create(self, options: dict[str, Any], *, public_key: bytes = b"") -> dict[str, Any]:
        """Make a RegistrationResponseJSON without attestation. ``public_key`` takes the place of
        the right one, as CBOR."""
        client = self._client_data("webauthn.create", options)
        key = public_key or self._cose()
        attested = bytes(16) + struct.pack(">H", 32) + self.credential_id + key
        data = self._authenticator_data(self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": client, "attestationObject": attestation}
        return self._credential(response)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make an AuthenticationResponseJSON."""
        self.count += 1
        client = self._client_data("webauthn.get", options)
        data = self._authenticator_data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._credential(response)

    def _credential(self, response: dict[str, bytes]) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        written = {key: bytes_to_base64url(value) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": written}

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        digest = hashlib.sha256(self.rp_id.encode()).digest()
        return digest + struct.pack(">BI", flags, self.count)

    def _cose(self) -> bytes:
        """The public key as in RFC 9053: EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}))
