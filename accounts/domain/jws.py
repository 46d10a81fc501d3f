"""JWTs that a phone signs with its own key. Their header has the public half of the key.

The key is a P-256 key that never leaves the phone. A signature says only that the signer has the
key. What the claims are worth is judged elsewhere.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM = "ES256"
# A sensible JWT with the largest content has about 800 characters.
MAX_LENGTH = 4096
_COORDINATE_BYTES = 32  # P-256, RFC 7518 section 6.2.1.2
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}  # RFC 7518 section 6


class InvalidProof(Exception):
    """A proof that proves nothing. ``code`` says why, for logs and tests."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signed:
    """What was signed, with the key itself and its RFC 7638 thumbprint."""

    jkt: str
    public_jwk: dict[str, str]
    claims: dict[str, Any]


def read_signed(text: str, *, typ: str) -> Signed:
    """The claims, if the key in the header signed them. Raises InvalidProof."""
    if len(text) > MAX_LENGTH:
        raise InvalidProof("too_long")
    public_jwk = _key_of(_header_of(text, typ))
    return Signed(thumbprint(public_jwk), public_jwk, _claims_of(text, public_jwk))


def moment_of(claims: dict[str, Any], name: str) -> float:
    """The claim of that name in seconds since 1970, finite. Raises InvalidProof."""
    moment = claims.get(name)
    # The comparison holds for huge integers and is false for NaN, where arithmetic would fail.
    if not isinstance(moment, int | float) or not 0 <= moment <= _FAR_AWAY_UNIX_S:
        raise InvalidProof("bad_time")
    return float(moment)


_FAR_AWAY_UNIX_S = 2**40  # later than any date that Python knows


def thumbprint(public_jwk: dict[str, str]) -> str:
    """RFC 7638: SHA-256 over the required members in alphabetical order, in base64url."""
    members = {name: public_jwk[name] for name in ("crv", "kty", "x", "y")}
    return base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _header_of(text: str, typ: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(text)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise InvalidProof("malformed") from error
    if header.get("typ") != typ:
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
    return members  # type: ignore[return-value]  # both were just read as text


def _public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    x, y = _coordinate(jwk["x"]), _coordinate(jwk["y"])
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:  # the point is not on the curve
        raise InvalidProof("bad_key") from error


def _coordinate(text: object) -> int:
    # Only one spelling is accepted: with two thumbprints of one key a phone could pass for two.
    if not isinstance(text, str):
        raise InvalidProof("bad_key")
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise InvalidProof("bad_key") from error
    if len(octets) != _COORDINATE_BYTES or base64url(octets) != text:
        raise InvalidProof("bad_key")
    return int.from_bytes(octets, "big")


def _claims_of(text: str, public_jwk: dict[str, str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            text,
            _public_key(public_jwk),
            algorithms=[ALGORITHM],
            # The caller judges the times, since the clocks of phones are wrong in both directions.
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


def base64url(octets: bytes) -> str:
    """The octets in base64url without padding, as RFC 7515 has it."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
