"""Calls to the API: a browser's with a plain token, a phone's signed with its device key."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any, Self

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

API = "/api/v1"
TIMEOUT_S = 60.0


class Blocked(Exception):
    """The server answered with an error: its HTTP status and stable code."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


def read(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises Blocked on an error."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        body = response.json()
    except ValueError:
        body = {}
    raise Blocked(response.status_code, body.get("code", "no_code"), body.get("detail", ""))


class Line:
    """The connections to one server, shared by all phones and browsers; close it at the end."""

    def __init__(self, server: str) -> None:
        self.server = server
        limits = httpx.Limits(max_connections=60)
        self.client = httpx.Client(base_url=server, timeout=TIMEOUT_S, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.client.close()


class Browser:
    """A teacher's or admin's: logs in once and sends its token along."""

    def __init__(self, line: Line, email: str, password: str) -> None:
        self.client = line.client
        body = {"email": email, "password": password}
        self.login = read(self.client.post(API + "/login", json=body))
        self.headers = {"Authorization": f"Bearer {self.login['access']}"}

    def get(self, path: str, **params: Any) -> Any:
        return read(self.client.get(API + path, params=params, headers=self.headers))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return read(self.client.post(API + path, json=body or {}, headers=self.headers))

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.get(path, page=page, page_size=200, **params)
            rows += answer["results"]
            if not answer["next"]:
                return rows
            page += 1


class DeviceKey:
    """A phone's P-256 key, which signs a proof for each call (RFC 9449)."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None) -> None:
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(self.private.public_key()))
        self.jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}

    def proof(self, method: str, url: str, access: str | None = None) -> str:
        claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": secrets.token_hex(16)}
        if access:
            digest = hashlib.sha256(access.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "jwk": self.jwk}
        return jwt.encode(claims, self.private, algorithm="ES256", headers=header)

    def to_pem(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @classmethod
    def from_pem(cls, pem: str) -> DeviceKey:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError("a device key is a P-256 key")
        return cls(private)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)
