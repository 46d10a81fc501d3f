"""The rotating code: make it, read it, and tell whether it is ours.

A token is 20 bytes, in base32 without padding (32 upper-case characters)::

    session code 4 | slot 4 | HMAC-SHA256 over both, first 12 bytes

A slot is the number of whole ``slot_s`` periods since 1970-01-01 UTC, so any process that has the
secret can make and verify any session's code at any time, and nothing is stored. Twelve bytes (96
bits) keep the QR code at version 3 to 4, which is readable from the last row.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAC_BYTES = 12
TOKEN_CHARS = 32
SHORT_CODE_DIGITS = 6
SHORT_CODE_SLOT_S = 20
"""Least seconds for which six digits are shown: to read and to type them takes ten to fifteen."""
GRACE_S = 4.0
"""Seconds for which a code is still accepted after it left the wall, to read a second one and send
both over a slow network. With slots of 1 s a code lives 5 s."""
_SLOT_LIMIT = 2**32
_TOKEN = re.compile(rf"[A-Za-z2-7]{{{TOKEN_CHARS}}}")
"""It takes no padding, which would mean fewer bytes, and no letter that only upper() folds."""


class MalformedToken(ValueError):
    """The text is not a token at all, by its length or its alphabet."""


@dataclass(frozen=True, order=True)
class Claim:
    """What a token says about itself. Believe it only after ``is_authentic``."""

    session_code: int
    slot: int
    mac: bytes


def derive_key(secret: bytes, *, session_id: bytes, purpose: str) -> bytes:
    """32 bytes for one session and one purpose, by HKDF-SHA256 (RFC 5869).

    The purpose makes different keys for the rotating code, the short code and the beacon.
    """
    info = b"attendance|" + purpose.encode() + b"|" + session_id
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def slot_at(unix_s: float, slot_s: int) -> int:
    return int(unix_s // slot_s)


def slot_start(slot: int, slot_s: int) -> float:
    """The Unix time in seconds at which the slot begins."""
    return float(slot * slot_s)


def short_slot_s(slot_s: int) -> int:
    """How many seconds the short code is shown where the rotating code is shown for so many: twice
    as long at least, so that it never is the faster way."""
    return max(SHORT_CODE_SLOT_S, 2 * slot_s)


def dies_at_s(slot: int, slot_s: int) -> float:
    """The Unix time in seconds from which the slot's code is too old."""
    return slot_start(slot + 1, slot_s) + GRACE_S


def mint(key: bytes, *, session_code: int, slot: int) -> str:
    head = _head(session_code, slot)
    return base64.b32encode(head + _mac(key, head)).decode()


def read(text: str) -> Claim:
    """The claim in a token, or in the URL that a phone's own camera app opens, in either case.

    Raises MalformedToken.
    """
    token = text.strip().rstrip("/").rpartition("/")[2]
    if not _TOKEN.fullmatch(token):
        raise MalformedToken(f"a token is {TOKEN_CHARS} characters of base32")
    raw = base64.b32decode(token.upper())
    return Claim(int.from_bytes(raw[:4]), int.from_bytes(raw[4:8]), raw[8:])


def is_authentic(key: bytes, claim: Claim) -> bool:
    expected = _mac(key, _head(claim.session_code, claim.slot))
    return hmac.compare_digest(claim.mac, expected)


def short_code(key: bytes, slot: int) -> str:
    """Six digits for a phone whose camera fails, truncated as in RFC 4226 (HOTP)."""
    digest = hmac.digest(key, b"ATT-SHORT" + slot.to_bytes(8), hashlib.sha256)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**SHORT_CODE_DIGITS:0{SHORT_CODE_DIGITS}d}"


def is_short_code(key: bytes, text: str, *, slots: range) -> bool:
    """Whether the digits are the short code of one of the slots."""
    given = text.strip().encode()
    return any(hmac.compare_digest(given, short_code(key, slot).encode()) for slot in slots)


def _head(session_code: int, slot: int) -> bytes:
    return session_code.to_bytes(4) + (slot % _SLOT_LIMIT).to_bytes(4)


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.digest(key, b"ATT-QR1" + head, hashlib.sha256)[:MAC_BYTES]
