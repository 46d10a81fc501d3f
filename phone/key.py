"""A phone's P-256 key, which never leaves it and signs a proof for each call (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm


class DeviceKey:
    """The key of one phone. A real phone keeps it in its secure element, this one in a file."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None) -> None:
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(self.private.public_key()))
        self.jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}

    def proof(self, method: str, url: str, access: str | None = None, *, now_s: float) -> str:
        """The DPoP header of one call.

        url      the whole URL without its query
        access   the access token of the call, if it has one
        now_s    seconds since 1970 by the server's clock
        """
        claims = {"htm": method, "htu": url, "iat": int(now_s), "jti": secrets.token_hex(16)}
        if access:
            claims["ath"] = base64url(hashlib.sha256(access.encode()).digest())
        return self.signed("dpop+jwt", claims)

    def signed(self, typ: str, claims: dict[str, Any]) -> str:
        """A JWT of that type by this key, with the public key in its header."""
        header = {"typ": typ, "jwk": self.jwk}
        return jwt.encode(claims, self.private, algorithm="ES256", headers=header)

    def to_pem(self) -> str:
        """The private key, unencrypted. Store it as safely as a phone stores its key."""
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @classmethod
    def from_pem(cls, pem: str) -> DeviceKey:
        """Read a key. Raises TypeError on a key of another kind, ValueError where it is no key."""
        private = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError("a device key is a P-256 key")
        return cls(private)

    @classmethod
    def kept_in(cls, path: Path) -> DeviceKey:
        """The key in the file. Where there is none, it is made, and readable by its owner alone."""
        if path.exists():
            return cls.from_pem(path.read_text())
        key = cls()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.to_pem())
        return key


def base64url(data: bytes) -> str:
    """The bytes in base64url without padding, as in a JWT."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_nonce() -> str:
    """A fresh name for a step. A step that is sent again under the same name changes nothing."""
    return secrets.token_urlsafe(12)
