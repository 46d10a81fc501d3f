"""Attacks on the arithmetic of the rotating code and the beacon."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain import qr_tokens

KEY = qr_tokens.derive_key(b"secret", session_id=bytes(16), purpose="qr")
codes = st.integers(0, 2**32 - 1)
slots = st.integers(0, 2**32 - 1)


@given(codes, slots)
def test_a_minted_token_reads_back_and_is_authentic(session_code, slot):
    token = qr_tokens.mint(KEY, session_code=session_code, slot=slot)
    claim = qr_tokens.read(token)
    assert (claim.session_code, claim.slot) == (session_code, slot)
    assert qr_tokens.is_authentic(KEY, claim)
    assert len(token) == qr_tokens.TOKEN_CHARS


@given(codes, slots, st.integers(0, 159))
def test_one_flipped_bit_anywhere_is_found(session_code, slot, bit):
    raw = bytearray(base64.b32decode(qr_tokens.mint(KEY, session_code=session_code, slot=slot)))
    raw[bit // 8] ^= 1 << bit % 8
    claim = qr_tokens.read(base64.b32encode(raw).decode())
    assert not qr_tokens.is_authentic(KEY, claim)


@given(codes, slots, st.binary(min_size=32, max_size=32))
def test_another_key_does_not_pass(session_code, slot, other):
    claim = qr_tokens.read(qr_tokens.mint(other, session_code=session_code, slot=slot))
    assert qr_tokens.is_authentic(KEY, claim) == (other == KEY)


@given(st.text(max_size=80))
def test_any_text_is_read_or_called_malformed(text):
    try:
        claim = qr_tokens.read(text)
    except qr_tokens.MalformedToken:
        return
    assert not qr_tokens.is_authentic(KEY, claim)


@pytest.mark.parametrize(
    "text",
    ["", "A" * 31, "A" * 33, "A" * 31 + "1", "A" * 31 + "=", "Ä" * 32, "ſ" * 32, "\0" * 32],
)
def test_what_is_no_token_is_malformed(text):
    with pytest.raises(qr_tokens.MalformedToken):
        qr_tokens.read(text)


@pytest.mark.parametrize("change", [str.lower, lambda t: f"HTTPS://A.B/Q/{t}", lambda t: f" {t}/ "])
def test_a_token_reads_the_same_in_lower_case_and_inside_its_url(change):
    token = qr_tokens.mint(KEY, session_code=7, slot=9)
    assert qr_tokens.read(change(token)) == qr_tokens.read(token)


@given(st.floats(0, 4e9), st.integers(1, 30))
def test_a_slot_holds_its_moment(unix_s, slot_s):
    slot = qr_tokens.slot_at(unix_s, slot_s)
    assert qr_tokens.slot_start(slot, slot_s) <= unix_s < qr_tokens.slot_start(slot + 1, slot_s)
    assert qr_tokens.dies_at_s(slot, slot_s) - unix_s > qr_tokens.GRACE_S


def test_a_one_second_code_lives_five_seconds():
    assert qr_tokens.dies_at_s(10, 1) - qr_tokens.slot_start(10, 1) == 5


@given(st.integers(1, 30))
def test_the_short_code_is_never_the_faster_way(slot_s):
    assert qr_tokens.short_slot_s(slot_s) >= max(20, 2 * slot_s)


def test_purposes_and_sessions_have_their_own_keys():
    keys = {
        qr_tokens.derive_key(secret, session_id=session, purpose=purpose)
        for secret in (b"a", b"b")
        for session in (bytes(16), bytes(15) + b"\1")
        for purpose in ("qr", "short", "beacon")
    }
    assert len(keys) == 12


def test_short_codes_are_six_digits_even_with_leading_zeros():
    found = [qr_tokens.short_code(KEY, slot) for slot in range(300)]
    assert all(len(code) == 6 and code.isdecimal() for code in found)
    assert any(code.startswith("0") for code in found)


@pytest.mark.parametrize("given_code", ["", "12345", "٠١٢٣٤٥", "-00001", "1e5", "0" * 500])
def test_a_short_code_of_another_shape_never_passes(given_code):
    assert not qr_tokens.is_short_code(KEY, given_code, slots=range(300))
