"""What a phone signs to begin a live film: that the ticket was given to it."""

import hashlib

from accounts.domain.jws import InvalidProof, base64url, read_signed

TYP = "film+jwt"


def is_holder(text: str, *, ticket: str, jkt: str) -> bool:
    """Whether the text is a JWT by the key with that thumbprint, about just this ticket.

    A ticket is good once, so that the text need not be.
    """
    try:
        signed = read_signed(text, typ=TYP)
    except InvalidProof:
        return False
    return signed.jkt == jkt and signed.claims.get("ticket") == ticket_digest(ticket)


def ticket_digest(ticket: str) -> str:
    """SHA-256 of the ticket, in base64url without padding."""
    return base64url(hashlib.sha256(ticket.encode()).digest())
