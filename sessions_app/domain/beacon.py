"""What the room's Bluetooth beacon sends: an identifier that changes every few seconds."""

import hashlib
import hmac

BEACON_SLOT_S = 5
"""Long enough for a phone to hear several advertisements of one identifier (a beacon sends
about four a second), short enough that a recording is stale before it reaches another room."""
EPHEMERAL_ID_BYTES = 8
"""What is left of a 31-byte advertisement after the flags and a 128-bit service UUID."""
_LABEL = b"ATT1"


def ephemeral_id(key: bytes, slot: int) -> bytes:
    """The identifier of one slot, counted in whole ``BEACON_SLOT_S`` since 1970-01-01 UTC."""
    return hmac.digest(key, _LABEL + slot.to_bytes(8), hashlib.sha256)[:EPHEMERAL_ID_BYTES]
