"""What the room's loudspeaker says, against the vectors and the table of docs/sound.md."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon import protocol

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sound.md").read_text()
KEY = bytes(range(32))
VECTORS = [
    {line[:12].strip(): line[12:].strip() for line in block.splitlines()}
    for block in re.findall(r"```vector\n(.*?)```", DOCUMENT, re.DOTALL)
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["slot"])
def test_the_documents_vectors_are_what_the_code_makes(vector):
    slot = int(vector["slot"])
    assert vector == {
        "key": vector["key"],
        "slot": vector["slot"],
        "message": (b"ATT1-SOUND" + slot.to_bytes(8)).hex(),
        "payload": protocol.sound_payload(bytes.fromhex(vector["key"]), slot).hex(),
    }


def test_there_are_vectors():
    assert len(VECTORS) == 3


def test_the_documents_table_is_the_payload():
    assert f"| 0 | `{protocol.SOUND_PREFIX.hex()}` |" in DOCUMENT
    assert f"The {protocol.SOUND_BYTES} bytes are sent" in DOCUMENT
    assert len(protocol.sound_payload(KEY, 7)) == protocol.SOUND_BYTES


def test_neither_radio_nor_sound_can_be_told_from_the_other():
    said = protocol.sound_payload(KEY, 7)
    for size in (protocol.SHORT_ID_BYTES, protocol.LONG_ID_BYTES):
        assert protocol.ephemeral_id(KEY, 7, size) not in said
    assert said[1:9] != protocol.ephemeral_id(KEY, 7)


def test_payloads_never_repeat():
    assert len({protocol.sound_payload(KEY, slot) for slot in range(1000)}) == 1000


@given(st.integers(0, 2**40), st.integers(0, protocol.SOUND_BYTES * 8 - 1))
def test_a_damaged_payload_is_known_as_damaged(slot, bit):
    said = protocol.sound_payload(KEY, slot)
    assert protocol.is_sound_payload(said)
    damaged = (int.from_bytes(said) ^ (1 << bit)).to_bytes(len(said))
    assert not protocol.is_sound_payload(damaged)


@given(st.binary(max_size=20))
def test_other_bytes_are_not_a_payload(data):
    if len(data) != protocol.SOUND_BYTES or not data.startswith(protocol.SOUND_PREFIX):
        assert not protocol.is_sound_payload(data)
