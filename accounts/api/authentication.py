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
from accounts.models import Device, User
from accounts.queries import TokenHolder, token_holder
from attendance_project import clock
from attendance_project.api_errors import AUTHENTICATE_HEADER, as_nobody
from attendance_project.refusals import Kind, Refusal


class TokenAuthentication(JWTAuthentication):
    """``Authorization: Bearer`` for plain tokens, ``DPoP`` with a proof for bound ones.

    ``request.auth`` is the token. A bound token holds its key's thumbprint in ``cnf.jkt``, and
    `device_of` gives the device of that key.
    """

    @as_nobody
    def authenticate(self, request: Request) -> tuple[User, Token] | None:  # type: ignore[override]
        scheme, raw = credentials_of(request)
        if not raw:
            return None
        token = self.get_validated_token(raw.encode())
        holder = _holder_of(token)
        if jkt := bound_jkt(token):
            services.spend_proof(_proof_of_key(request, scheme, raw, jkt))
        elif scheme != "bearer":
            raise _refused(
                "token_not_bound", _("This token is not bound to a key. Send it as Bearer.")
            )
        request.device = holder.device  # type: ignore[attr-defined]  # device_of reads it
        return holder.user, token

    def authenticate_header(self, request: Request) -> str:
        return AUTHENTICATE_HEADER

    def get_validated_token(self, raw_token: bytes) -> Token:
        token = services.read_access_token(raw_token.decode())
        if token is None:
            raise _expired()
        return token


def device_of(request: Request) -> Device | None:
    """The device whose key signed the call, as it was read together with the account. None where
    the key is not one of the caller's."""
    return getattr(request, "device", None)


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


def _holder_of(token: Token) -> TokenHolder:
    """The token's account, while account, password and log-in are all still good."""
    try:
        family = UUID(token["fam"])
        holder = token_holder(token["sub"], family=family, jkt=bound_jkt(token))
    except (User.DoesNotExist, ValidationError, KeyError, ValueError) as error:
        raise _expired() from error
    if not holder.user.is_active or not services.password_unchanged(token, holder.user):
        raise _expired()
    if not holder.user.is_approved:
        raise services.waiting_for_approval()
    if holder.is_logged_out:
        raise _refused("token_revoked", _("You are logged out. Log in again."))
    return holder


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
