"""What a room's beacon says by radio and by sound, byte by byte.

The test vectors are in docs/bluetooth.md and docs/sound.md.

Beacon, server and phones derive ids and answers here only. This is plain Python: the server
imports it without the beacon's requirements, and the beacon without Django. Numbers are
big-endian unless Bluetooth itself says otherwise. A slot is the number of whole ``SLOT_S`` since
1970-01-01 UTC.
"""

import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

SLOT_S = 5
"""Seconds of a slot: enough for a phone to hear several advertisements of one id (a beacon sends
six to ten per second), and so few that a recording is too old before it reaches another room."""
SHORT_ID_BYTES = 8
"""The room in a 31-byte advertisement beside the flags and a 128-bit service UUID."""
LONG_ID_BYTES = 12
"""The room in a 128-bit UUID after the prefix by which phones know it."""
NONCE_BYTES = 16
MAC_BYTES = 12
TAG_BYTES = 3
REPLY_BYTES = 20
"""The longest notification that fits the smallest ATT MTU, which is 23 bytes."""

SERVICE_UUID = UUID("a77e0001-482a-4925-a49e-1a2445f7ee33")
CHALLENGE_UUID = UUID("a77e0002-482a-4925-a49e-1a2445f7ee33")
ANSWER_UUID = UUID("a77e0003-482a-4925-a49e-1a2445f7ee33")
LONG_ID_PREFIX = bytes.fromhex("a77e00b1")

SOUND_PREFIX = b"\xa7"
SOUND_BYTES = len(SOUND_PREFIX) + SHORT_ID_BYTES + 2
"""The prefix, the slot's id and a check. The check finds noise that got past the sound's own error
correction: what was damaged on its way must not look invented."""

_ID_LABEL, _ANSWER_LABEL, _SOUND_LABEL = b"ATT1", b"ATT1-ANSWER", b"ATT1-SOUND"
_FLAGS = bytes.fromhex("020106")
"""LE General Discoverable, no classic Bluetooth (Core Specification Supplement, A 1.3)."""
_SERVICE_DATA_128, _COMPLETE_UUIDS_128, _COMPLETE_NAME = 0x21, 0x07, 0x09
_NAME_ROOM_BYTES = 29


# --- advertisements -------------------------------------------------------------------


def slot_at(unix_s: float) -> int:
    return int(unix_s // SLOT_S)


def ephemeral_id(key: bytes, slot: int, size: int = SHORT_ID_BYTES) -> bytes:
    """The id of one slot. The long id begins with the short one."""
    return hmac.digest(key, _ID_LABEL + slot.to_bytes(8), hashlib.sha256)[:size]


def id_as_uuid(long_id: bytes) -> UUID:
    """Payload B's service UUID, which is the id itself."""
    return UUID(bytes=LONG_ID_PREFIX + long_id)


def payload_a(short_id: bytes) -> bytes:
    """Flags and service data, 29 bytes: what Linux and microcontrollers send."""
    return _FLAGS + _field(_SERVICE_DATA_128, SERVICE_UUID.bytes[::-1] + short_id)


def payload_b(long_id: bytes) -> bytes:
    """Flags and a list of one service UUID, 21 bytes: all that macOS lets a program send."""
    return _FLAGS + _field(_COMPLETE_UUIDS_128, id_as_uuid(long_id).bytes[::-1])


def scan_response(name: str) -> bytes:
    """The name by which a person, or the browser's list of devices, knows the beacon."""
    return _field(_COMPLETE_NAME, name.encode()[:_NAME_ROOM_BYTES])


def id_in(advertisement: bytes) -> bytes | None:
    """The id in an advertisement of either payload, or None where it is not ours."""
    for kind, value in _fields(advertisement):
        if kind == _SERVICE_DATA_128 and value[:16] == SERVICE_UUID.bytes[::-1]:
            return value[16:] if len(value) == 16 + SHORT_ID_BYTES else None
        if kind == _COMPLETE_UUIDS_128 and len(value) == 16:
            uuid = value[::-1]
            if uuid.startswith(LONG_ID_PREFIX):
                return uuid[len(LONG_ID_PREFIX) :]
    return None


def _field(kind: int, value: bytes) -> bytes:
    return bytes([len(value) + 1, kind]) + value


def _fields(advertisement: bytes) -> list[tuple[int, bytes]]:
    """Type and value of each field. It stops at a field that is cut short."""
    fields, at = [], 0
    while at + 1 < len(advertisement):
        length = advertisement[at]
        if length == 0 or at + 1 + length > len(advertisement):
            break
        fields.append((advertisement[at + 1], advertisement[at + 2 : at + 1 + length]))
        at += 1 + length
    return fields


# --- sound ----------------------------------------------------------------------------


def sound_payload(key: bytes, slot: int) -> bytes:
    """What the room's loudspeaker says in the slot: prefix (1 byte), id (8), check (2).

    The id has a label of its own, so that hearing the radio's id does not reveal the sound's.
    """
    message = _SOUND_LABEL + slot.to_bytes(8)
    said = SOUND_PREFIX + hmac.digest(key, message, hashlib.sha256)[:SHORT_ID_BYTES]
    return said + _sound_check(said)


def is_sound_payload(heard: bytes) -> bool:
    """Whether the bytes are whole and of this protocol, but not whether a room here said them."""
    said, check = heard[:-2], heard[-2:]
    whole = len(heard) == SOUND_BYTES and said.startswith(SOUND_PREFIX)
    return whole and check == _sound_check(said)


def _sound_check(said: bytes) -> bytes:
    """CRC-16/XMODEM: polynomial 1021, starting value 0."""
    return binascii.crc_hqx(said, 0).to_bytes(2)


# --- challenge and answer -------------------------------------------------------------


class Status(IntEnum):
    """The first byte of a reply."""

    ANSWER = 1
    WAIT = 2
    NOT_A_NONCE = 3
    FULL = 4
    NO_SESSION = 5


class MalformedReply(ValueError):
    """The bytes are not a reply of this protocol, or not of the kind that is needed."""


@dataclass(frozen=True)
class Answer:
    """What a beacon answered. Believe it only after ``is_authentic``."""

    slot: int
    mac: bytes
    tag: bytes


def answer(key: bytes, slot: int, nonce: bytes) -> bytes:
    """Status (1 byte), tag (3), slot (4), MAC (12): proof that the nonce reached the beacon then.

    The tag is the start of the nonce. Where a radio notifies all phones, it tells them apart.
    """
    return bytes([Status.ANSWER]) + nonce[:TAG_BYTES] + slot.to_bytes(4) + _mac(key, slot, nonce)


def wait(nonce: bytes, place: int) -> bytes:
    """Status (1 byte), tag (3), place (1): how many are served before this phone, with itself."""
    return bytes([Status.WAIT]) + nonce[:TAG_BYTES] + bytes([min(place, 255)])


def sorry(status: Status, written: bytes = b"") -> bytes:
    """A reply to what cannot be answered: its status, the tag of what was written, zeros."""
    return bytes([status]) + written[:TAG_BYTES].ljust(TAG_BYTES, b"\0")


def is_for(reply: bytes, nonce: bytes) -> bool:
    """Whether a notification is meant for the phone that wrote the nonce."""
    return reply[1 : 1 + TAG_BYTES] == nonce[:TAG_BYTES]


def read_answer(reply: bytes) -> Answer:
    """Read an answer. Raises MalformedReply for anything else."""
    if len(reply) != REPLY_BYTES or reply[0] != Status.ANSWER:
        raise MalformedReply(f"an answer is {REPLY_BYTES} bytes and begins with 01")
    slot_at_byte = 1 + TAG_BYTES
    slot = int.from_bytes(reply[slot_at_byte : slot_at_byte + 4])
    return Answer(slot, reply[slot_at_byte + 4 :], reply[1:slot_at_byte])


def is_authentic(key: bytes, nonce: bytes, given: Answer) -> bool:
    return hmac.compare_digest(given.mac, _mac(key, given.slot, nonce))


def _mac(key: bytes, slot: int, nonce: bytes) -> bytes:
    message = _ANSWER_LABEL + slot.to_bytes(8) + nonce
    return hmac.digest(key, message, hashlib.sha256)[:MAC_BYTES]
