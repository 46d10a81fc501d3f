"""What a phone signs about a kept check-in: one that it gathered and could not send at once.

The statement covers by digests what is sent. It says, by the phone's own clock, when the newest
code was seen and when the last evidence was gathered. Whoever has the phone can sign any time they
like, so this is a statement and no proof: it may move a check-in to the teacher, but no further.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.domain.jws import InvalidProof, base64url, moment_of, read_signed

TYP = "gathered+jwt"


@dataclass(frozen=True)
class Gathered:
    """Seconds since 1970, by the phone's clock, which may be wrong."""

    seen_at: float
    """When the newest code was seen: the claim ``iat``."""
    done_at: float
    """When the last evidence was gathered, such as the burst's last frame: the claim ``done``."""


def verify_gathered(
    text: str, *, jkt: str, nonce: str, tokens: Sequence[str], frames: Sequence[bytes]
) -> Gathered:
    """The statement about just these tokens and frames, for just this call, by the key with that
    thumbprint. Raises InvalidProof."""
    signed = read_signed(text, typ=TYP)
    if signed.jkt != jkt:
        raise InvalidProof("other_key")
    expected = {
        "nonce": nonce,
        "tokens": tokens_digest(tokens),
        "frames": frames_digest(frames),
    }
    for name, value in expected.items():
        if signed.claims.get(name) != value:
            raise InvalidProof(f"wrong_{name}")
    seen_at = moment_of(signed.claims, "iat")
    done_at = moment_of(signed.claims, "done") if "done" in signed.claims else seen_at
    if done_at < seen_at:
        raise InvalidProof("bad_time")
    return Gathered(seen_at, done_at)


def tokens_digest(tokens: Sequence[str]) -> str:
    """SHA-256 of the tokens joined by newlines, in base64url."""
    return base64url(hashlib.sha256("\n".join(tokens).encode()).digest())


def frames_digest(frames: Sequence[bytes]) -> str:
    """SHA-256 over the frames' SHA-256 digests one after another, in base64url. It is empty without
    frames."""
    if not frames:
        return ""
    digests = b"".join(hashlib.sha256(frame).digest() for frame in frames)
    return base64url(hashlib.sha256(digests).digest())
