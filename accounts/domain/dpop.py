"""Proof that a call comes from the phone which holds a certain key (DPoP, RFC 9449).

The phone signs a small JWT over the method and the address of each call, with a P-256 key that
never leaves it. Nothing here remembers anything: the caller of this module refuses a proof that was
shown before, by its ``jkt`` and ``jti``.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from accounts.domain.jws import ALGORITHM, InvalidProof, base64url, read_signed, thumbprint

__all__ = ["ALGORITHM", "InvalidProof", "Proof", "thumbprint", "token_hash", "verify_proof"]

# 16 random bytes in hex, base64 or as a UUID fit well. Shorter ids could be equal by chance.
JTI_LENGTHS = range(8, 129)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Proof:
    """A valid proof: the key's RFC 7638 thumbprint, the proof's own id, the key and the time."""

    jkt: str
    jti: str
    public_jwk: dict[str, str]
    iat: float  # seconds since 1970


def verify_proof(
    proof: str,
    *,
    method: str,
    url: str,
    now: datetime,
    max_age_s: float,
    access_token: str | None = None,
) -> Proof:
    """The proof, if every check of RFC 9449 section 4.3 passes. Raises InvalidProof.

    ``iat`` may be ``max_age_s`` seconds before or after ``now``, since the clocks of phones are
    wrong in both directions.
    """
    signed = read_signed(proof, typ="dpop+jwt")
    claims = signed.claims
    _check_request(claims, method, url)
    if access_token is not None and claims.get("ath") != token_hash(access_token):
        raise InvalidProof("wrong_token")
    return Proof(
        jkt=signed.jkt,
        jti=_jti_of(claims),
        public_jwk=signed.public_jwk,
        iat=_iat_of(claims, now=now.timestamp(), max_age_s=max_age_s),
    )


def token_hash(access_token: str) -> str:
    """The ``ath`` claim: SHA-256 of the access token in base64url."""
    return base64url(hashlib.sha256(access_token.encode()).digest())


def _check_request(claims: dict[str, Any], method: str, url: str) -> None:
    if claims.get("htm") != method:
        raise InvalidProof("wrong_method")
    htu = claims.get("htu")
    if not isinstance(htu, str) or _address(htu) != _address(url):
        raise InvalidProof("wrong_address")


def _address(url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path. The query and the fragment do not count (section 4.3)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidProof("wrong_address") from error
    if not parts.hostname or "@" in parts.netloc:
        raise InvalidProof("wrong_address")
    scheme = parts.scheme.lower()
    port = _DEFAULT_PORTS.get(scheme) if port is None else port
    return scheme, parts.hostname.lower(), port, parts.path or "/"


def _jti_of(claims: dict[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or len(jti) not in JTI_LENGTHS:
        raise InvalidProof("bad_jti")
    return jti


def _iat_of(claims: dict[str, Any], *, now: float, max_age_s: float) -> float:
    iat = claims.get("iat")
    if not isinstance(iat, int | float):
        raise InvalidProof("bad_time")
    # These comparisons hold for huge integers and are false for NaN, where arithmetic would fail.
    if not now - max_age_s <= iat <= now + max_age_s:
        raise InvalidProof("bad_time")
    return float(iat)
