"""Proof that a request comes from the phone that holds a certain key (DPoP, RFC 9449).

The phone signs a small JWT over the method and the address of each call with a P-256 key
that never leaves it. Nothing here remembers anything: refusing a proof that was shown
before is the caller's part, by ``jkt`` and ``jti``.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM = "ES256"
# A proof of the largest sensible content has about 800 characters.
MAX_PROOF_LENGTH = 4096
# 16 random bytes in hex, base64 or as a UUID lie well inside; shorter ones could collide.
JTI_LENGTHS = range(8, 129)
_COORDINATE_BYTES = 32  # P-256, RFC 7518 section 6.2.1.2
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}  # RFC 7518 section 6
_DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidProof(Exception):
    """A proof that proves nothing; ``code`` says why, for logs and tests."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Proof:
    """A proof that holds: the key's RFC 7638 thumbprint, the proof's own id, key and time."""

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
    """The proof, once each check of RFC 9449 section 4.3 passes; raises InvalidProof.

    ``iat`` may lie ``max_age_s`` to either side of ``now``, since phones' clocks are off
    both ways.
    """
    if len(proof) > MAX_PROOF_LENGTH:
        raise InvalidProof("too_long")
    public_jwk = _key_of(_header_of(proof))
    claims = _claims_of(proof, public_jwk)
    _check_request(claims, method, url)
    if access_token is not None and claims.get("ath") != token_hash(access_token):
        raise InvalidProof("wrong_token")
    return Proof(
        jkt=thumbprint(public_jwk),
        jti=_jti_of(claims),
        public_jwk=public_jwk,
        iat=_iat_of(claims, now=now.timestamp(), max_age_s=max_age_s),
    )


def thumbprint(public_jwk: dict[str, str]) -> str:
    """RFC 7638: SHA-256 over the required members in alphabetical order, base64url."""
    members = {name: public_jwk[name] for name in ("crv", "kty", "x", "y")}
    return _base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def token_hash(access_token: str) -> str:
    """The ``ath`` claim: SHA-256 of the access token, base64url."""
    return _base64url(hashlib.sha256(access_token.encode()).digest())


def _header_of(proof: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(proof)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise InvalidProof("malformed") from error
    if header.get("typ") != "dpop+jwt":
        raise InvalidProof("wrong_typ")
    if header.get("alg") != ALGORITHM:
        raise InvalidProof("wrong_alg")
    return header


def _key_of(header: dict[str, Any]) -> dict[str, str]:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict):
        raise InvalidProof("bad_key")
    if _PRIVATE_MEMBERS & jwk.keys():
        raise InvalidProof("private_key")
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise InvalidProof("bad_key")
    members = {"crv": "P-256", "kty": "EC", "x": jwk.get("x"), "y": jwk.get("y")}
    _public_key(members)
    return members  # type: ignore[return-value]  # both were read as text just now


def _public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    x, y = _coordinate(jwk["x"]), _coordinate(jwk["y"])
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:  # the point is not on the curve
        raise InvalidProof("bad_key") from error


def _coordinate(text: object) -> int:
    # One spelling only: two thumbprints of one key would let one phone pass for two.
    if not isinstance(text, str):
        raise InvalidProof("bad_key")
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise InvalidProof("bad_key") from error
    if len(octets) != _COORDINATE_BYTES or _base64url(octets) != text:
        raise InvalidProof("bad_key")
    return int.from_bytes(octets, "big")


def _claims_of(proof: str, public_jwk: dict[str, str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            proof,
            _public_key(public_jwk),
            algorithms=[ALGORITHM],
            # Not claims of a proof, or (iat) judged here, with a window to both sides.
            options={
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": False,
                "verify_iss": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except jwt.InvalidSignatureError as error:
        raise InvalidProof("bad_signature") from error
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise InvalidProof("malformed") from error
    return claims


def _check_request(claims: dict[str, Any], method: str, url: str) -> None:
    if claims.get("htm") != method:
        raise InvalidProof("wrong_method")
    htu = claims.get("htu")
    if not isinstance(htu, str) or _address(htu) != _address(url):
        raise InvalidProof("wrong_address")


def _address(url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path; the query and the fragment do not count (section 4.3)."""
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
    # The comparisons hold for huge integers and are false for NaN, where arithmetic fails.
    if not now - max_age_s <= iat <= now + max_age_s:
        raise InvalidProof("bad_time")
    return float(iat)


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
