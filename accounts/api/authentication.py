"""Finds out who is calling, from access tokens that are bound to a phone's key or not."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import Token

from accounts import services
from accounts.domain.dpop import Proof
from accounts.models import User
from accounts.queries import family_is_revoked
from attendance_project import clock
from attendance_project.api_errors import AUTHENTICATE_HEADER, as_nobody
from attendance_project.refusals import Kind, Refusal


class TokenAuthentication(JWTAuthentication):
    """``Authorization: Bearer`` for plain tokens, ``DPoP`` with a proof for bound ones.

    ``request.auth`` is the token. A bound token holds its key's thumbprint in ``cnf.jkt``.
    """

    @as_nobody
    def authenticate(self, request: Request) -> tuple[User, Token] | None:  # type: ignore[override]
        scheme, raw = credentials_of(request)
        if not raw:
            return None
        token = self.get_validated_token(raw.encode())
        user = self.get_user(token)
        if jkt := bound_jkt(token):
            services.spend_proof(_proof_of_key(request, scheme, raw, jkt))
        elif scheme != "bearer":
            raise _refused(
                "token_not_bound", _("This token is not bound to a key. Send it as Bearer.")
            )
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return AUTHENTICATE_HEADER

    def get_validated_token(self, raw_token: bytes) -> Token:
        token = services.read_access_token(raw_token.decode())
        if token is None:
            raise _expired()
        return token

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        """The token's account, while account, password and log-in are all still good."""
        try:
            user = User.objects.get(pk=validated_token["sub"])
            family = UUID(validated_token["fam"])
        except (User.DoesNotExist, ValidationError, KeyError, ValueError) as error:
            raise _expired() from error
        if not user.is_active or not services.password_unchanged(validated_token, user):
            raise _expired()
        if not user.is_approved:
            raise services.waiting_for_approval()
        if family_is_revoked(family):
            raise _refused("token_revoked", _("You are logged out. Log in again."))
        return user


def bound_jkt(token: Any) -> str:
    """The thumbprint of the key to which a token is bound, empty without one."""
    return str((token.get("cnf") or {}).get("jkt", "")) if token else ""


def credentials_of(request: Request) -> tuple[str, str]:
    """The scheme and the token that came with the call (`services.credentials_in`)."""
    return services.credentials_in(request.META.get("HTTP_AUTHORIZATION", ""))


def proof_in(request: Request, access_token: str | None = None) -> Proof | None:
    """The checked proof in the DPoP header, or None. Raises Refusal (unauthenticated)."""
    text = request.META.get("HTTP_DPOP", "")
    if not text:
        return None
    return services.verify_proof(
        text,
        method=request.method or "",
        url=request.build_absolute_uri(),
        now=clock.now(),
        access_token=access_token,
    )


def _proof_of_key(request: Request, scheme: str, raw: str, jkt: str) -> Proof:
    proof = proof_in(request, raw) if scheme == "dpop" else None
    if proof is None:
        raise _refused(
            "device_proof_required",
            _("This token needs a proof by its phone's key. Send the proof too, or log in again."),
        )
    if proof.jkt != jkt:
        raise _refused(
            "invalid_device_proof",
            _("The proof was made by another phone's key. Log in again on this phone."),
        )
    return proof


def _refused(code: str, detail: str) -> Refusal:
    return Refusal(code, detail, Kind.UNAUTHENTICATED)


def _expired() -> Refusal:
    return _refused(
        "token_not_valid",
        _("This access token is no longer valid. Refresh it or log in again."),
    )
