"""What a phone signs of a check-in that it kept: when it saw the codes, and of which bytes it is.

The shape is described in docs/phone-client.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from phone.key import DeviceKey, base64url


def statement(
    key: DeviceKey,
    *,
    nonce: str,
    tokens: Sequence[str],
    frames: Sequence[bytes],
    seen_s: float,
    done_s: float,
) -> str:
    """The signed statement that goes with a kept check-in.

    nonce    that of the call
    seen_s   when the newest code was seen, in seconds since 1970 by the clock of the proofs
    done_s   when the last of it was gathered, by the same clock
    """
    claims = {
        "nonce": nonce,
        "iat": seen_s,
        "done": done_s,
        "tokens": base64url(hashlib.sha256("\n".join(tokens).encode()).digest()),
        "frames": _digest_of_all(frames),
    }
    return key.signed("gathered+jwt", claims)


def _digest_of_all(frames: Sequence[bytes]) -> str:
    if not frames:
        return ""
    digests = b"".join(hashlib.sha256(frame).digest() for frame in frames)
    return base64url(hashlib.sha256(digests).digest())
