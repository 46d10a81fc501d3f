"""Ids and answers, against the vectors and tables of docs/bluetooth.md."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon import protocol
from beacon.protocol import Status

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "bluetooth.md").read_text()
KEY, NONCE = bytes(range(32)), bytes(range(0xA0, 0xB0))


def _vectors():
    for block in re.findall(r"```vector\n(.*?)```", DOCUMENT, re.DOTALL):
        yield {line[:12].strip(): line[12:].strip() for line in block.splitlines()}


VECTORS = list(_vectors())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["slot"])
def test_the_documents_vectors_are_what_the_code_makes(vector):
    key, nonce = bytes.fromhex(vector["key"]), bytes.fromhex(vector["nonce"])
    slot = int(vector["slot"])
    short, long = protocol.ephemeral_id(key, slot), protocol.ephemeral_id(key, slot, 12)
    assert (
        vector
        | {
            "id message": (b"ATT1" + slot.to_bytes(8)).hex(),
            "short id": short.hex(),
            "long id": long.hex(),
            "uuid": str(protocol.id_as_uuid(long)),
            "payload a": protocol.payload_a(short).hex(),
            "payload b": protocol.payload_b(long).hex(),
            "mac message": (b"ATT1-ANSWER" + slot.to_bytes(8) + nonce).hex(),
            "answer": protocol.answer(key, slot, nonce).hex(),
            "wait 3": protocol.wait(nonce, 3).hex(),
        }
        == vector
    )


def test_there_are_vectors():
    assert len(VECTORS) == 3


def _fixed_bytes(table):
    """Position and value of the rows in a payload's table that have a value."""
    for first, last, value in re.findall(r"\| (\d+)(?:-(\d+))? \| `([0-9a-f ]+)`", table):
        yield int(first), int(last or first), bytes.fromhex(value)


@pytest.mark.parametrize(
    ("title", "payload"),
    [
        ("**Payload A**", protocol.payload_a(bytes(8))),
        ("**Payload B**", protocol.payload_b(bytes(12))),
    ],
)
def test_the_documents_tables_are_the_payloads(title, payload):
    table = DOCUMENT.partition(title)[2].partition("\n\n**")[0].partition("The scan response")[0]
    rows = list(_fixed_bytes(table))
    assert sum(len(value) for *_, value in rows) >= 9
    for first, last, value in rows:
        assert payload[first : last + 1] == value
    assert f", {len(payload)} bytes" in table


def test_the_documents_uuids_and_replies_are_the_codes():
    for uuid in (protocol.SERVICE_UUID, protocol.CHALLENGE_UUID, protocol.ANSWER_UUID):
        assert f"`{uuid}`" in DOCUMENT
    for status in Status:
        assert f"| `{status:02x}` |" in DOCUMENT
    assert f"`{protocol.LONG_ID_PREFIX.hex()}`" in DOCUMENT


def test_ids_are_eight_bytes_and_never_repeat():
    found = [protocol.ephemeral_id(KEY, slot) for slot in range(1000)]
    assert {len(eid) for eid in found} == {protocol.SHORT_ID_BYTES}
    assert len(set(found)) == 1000
    assert all(a != b for a, b in pairwise(found))


def test_a_phone_finds_the_id_in_either_payload_and_in_nothing_else():
    short, long = protocol.ephemeral_id(KEY, 7), protocol.ephemeral_id(KEY, 7, 12)
    assert protocol.id_in(protocol.payload_a(short)) == short
    assert protocol.id_in(protocol.payload_b(long)) == long
    assert protocol.id_in(protocol.scan_response("ATT B-204")) is None
    assert protocol.id_in(protocol.payload_a(short[:7])) is None
    assert len(protocol.payload_a(short)) <= 31
    assert len(protocol.scan_response("ATT " + "B" * 90)) == 31


@given(st.binary(max_size=40))
def test_an_advertisement_of_any_bytes_is_read_or_is_not_ours(data):
    assert protocol.id_in(data) is None or len(protocol.id_in(data)) in (8, 12)


def test_an_answer_is_good_for_its_key_nonce_and_slot_only():
    reply = protocol.answer(KEY, 7, NONCE)
    given_answer = protocol.read_answer(reply)
    assert given_answer.slot == 7
    assert protocol.is_for(reply, NONCE)
    assert protocol.is_authentic(KEY, NONCE, given_answer)
    assert not protocol.is_authentic(KEY[::-1], NONCE, given_answer)
    assert not protocol.is_authentic(KEY, NONCE[::-1], given_answer)
    later = protocol.read_answer(reply[:7] + b"\x08" + reply[8:])
    assert later.slot == 8
    assert not protocol.is_authentic(KEY, NONCE, later)


@given(st.binary(max_size=40))
def test_a_reply_of_any_bytes_is_read_or_refused(reply):
    try:
        read = protocol.read_answer(reply)
    except protocol.MalformedReply:
        assert len(reply) != protocol.REPLY_BYTES or reply[0] != Status.ANSWER
    else:
        assert len(read.mac) == protocol.MAC_BYTES
        assert not protocol.is_authentic(KEY, NONCE, read)


def test_every_reply_fits_the_smallest_notification_and_carries_the_tag():
    replies = [protocol.wait(NONCE, 300), protocol.sorry(Status.FULL, NONCE)]
    for reply in [*replies, protocol.answer(KEY, 7, NONCE)]:
        assert len(reply) <= protocol.REPLY_BYTES
        assert protocol.is_for(reply, NONCE)
    assert protocol.sorry(Status.NOT_A_NONCE, b"\x01") == bytes([3, 1, 0, 0])


def test_the_derivation_needs_nothing_but_python():
    """With -I and -S, Python imports nothing from the environment and no installed packages."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import beacon.protocol"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
