"""A phone for tests: its P-256 key signs each call as the student's page does."""

import json
import secrets
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from rest_framework.test import APIClient

from accounts.api.serializers.tokens import LoggedInSerializer
from accounts.domain import dpop
from accounts.domain.dpop import Proof
from accounts.models import User
from accounts.services.login import LoggedIn, admit
from attendance_project import clock

PASSWORD = "correct horse battery"
"""The password of the people in the root conftest."""
HOST = "http://testserver"
API = "/api/v1"


class DeviceKey:
    """A phone's key pair. ``jkt`` is its RFC 7638 thumbprint."""

    def __init__(self) -> None:
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.public_jwk: dict[str, str] = json.loads(
            ECAlgorithm.to_jwk(self.private_key.public_key())
        )
        self.jkt = dpop.thumbprint(self.public_jwk)

    def proof(
        self,
        method: str,
        url: str,
        access_token: str | None = None,
        now: datetime | None = None,
        jti: str | None = None,
        headers: dict[str, Any] | None = None,
        **overrides: Any,
    ) -> str:
        """A DPoP proof for one call to an absolute ``url``.

        ``overrides`` replaces claims and ``headers`` replaces header members. None removes a claim.
        """
        claims: dict[str, Any] = {
            "htm": method,
            "htu": url.partition("?")[0],
            "iat": int((now or clock.now()).timestamp()),
            "jti": jti or secrets.token_urlsafe(16),
        }
        if access_token is not None:
            claims["ath"] = dpop.token_hash(access_token)
        claims = {name: value for name, value in (claims | overrides).items() if value is not None}
        return self.signed("dpop+jwt", claims, headers)

    def signed(
        self, typ: str, claims: dict[str, Any], headers: dict[str, Any] | None = None
    ) -> str:
        """A JWT with the key's public half in its header."""
        header = {"typ": typ, "jwk": self.public_jwk} | (headers or {})
        return jwt.encode(claims, self.private_key, algorithm=dpop.ALGORITHM, headers=header)


def log_in(
    client: APIClient, user: User | str, key: DeviceKey | None = None, **body: Any
) -> dict[str, Any]:
    """Log in over HTTP. Returns the answer: access, refresh, user, device, notice."""
    path = f"{API}/login"
    email = user if isinstance(user, str) else user.email
    extra: dict[str, Any] = {"HTTP_DPOP": key.proof("POST", HOST + path)} if key else {}
    response = client.post(path, {"email": email, "password": PASSWORD} | body, "json", **extra)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def enter(user: User | str, key: DeviceKey | None = None) -> LoggedIn:
    """Log in without the call, the password and the answer, which take most of the time."""
    now = clock.now()
    person = user if isinstance(user, User) else User.objects.get(email=user)
    proof = (
        Proof(key.jkt, secrets.token_urlsafe(16), key.public_jwk, now.timestamp()) if key else None
    )
    return admit(person, device_name="", proof=proof, now=now)


class Phone:
    """An APIClient that is logged in with a device key and signs every call with it.

    Call ``phone.get(path)``, ``phone.post(path, data)`` and so on. ``path`` may leave out
    ``/api/v1``. Keyword arguments are APIClient's. Pass ``HTTP_DPOP`` to attack.
    """

    def __init__(
        self, user: User | str, key: DeviceKey | None = None, client: APIClient | None = None
    ) -> None:
        self.client = client or APIClient()
        self.key = key or DeviceKey()
        self._entered = enter(user, self.key)
        self.access: str = self._entered.access
        self.refresh_token: str = self._entered.refresh
        self.user_id: UUID = self._entered.user.pk

    def log_in(self, user: User | str, **body: Any) -> dict[str, Any]:
        """Log in over HTTP, again or as somebody else."""
        self.login = log_in(self.client, user, self.key, **body)
        self.access, self.refresh_token = self.login["access"], self.login["refresh"]
        self.user_id = UUID(self.login["user"]["id"])
        return self.login

    @cached_property
    def login(self) -> dict[str, Any]:
        """The answer of the log-in."""
        answer: dict[str, Any] = LoggedInSerializer(self._entered).data
        return answer

    @property
    def device(self) -> dict[str, Any] | None:
        """The device as the log-in showed it."""
        device: dict[str, Any] | None = self.login["device"]
        return device

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Authorization and a fresh proof for one call."""
        proof = self.key.proof(method, HOST + full_path(path), self.access)
        return {"HTTP_AUTHORIZATION": f"DPoP {self.access}", "HTTP_DPOP": proof}

    def call(self, method: str, path: str, data: Any = None, **extra: Any) -> Any:
        send = getattr(self.client, method.lower())
        if method != "GET":
            extra.setdefault("format", "json")
        return send(full_path(path), data, **(self.headers(method, path) | extra))

    def get(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.call("GET", path, data, **extra)

    def post(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.call("POST", path, data, **extra)

    def put(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.call("PUT", path, data, **extra)

    def patch(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.call("PATCH", path, data, **extra)

    def delete(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.call("DELETE", path, data, **extra)


def full_path(path: str) -> str:
    return path if path.startswith(API) else API + path


def signed_in(user: User | str, client: APIClient | None = None) -> APIClient:
    """An APIClient with a plain Bearer token, as a teacher's or admin's browser has one."""
    client = client or APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {enter(user).access}")
    return client
