"""A phone's signed statement about a kept check-in, without a database."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.gathered import (
    Gathered,
    frames_digest,
    tokens_digest,
    verify_gathered,
)
from accounts.domain.jws import InvalidProof, base64url
from accounts.tests.phone import DeviceKey

KEY = DeviceKey()
TOKENS = ["HTTPS://SCHOOL.TEST/Q/AAAA", "HTTPS://SCHOOL.TEST/Q/BBBB"]
FRAMES = [b"one", b"two"]
CLAIMS = {
    "nonce": "n" * 16,
    "iat": 1_772_442_000.5,
    "done": 1_772_442_012.0,
    "tokens": tokens_digest(TOKENS),
    "frames": frames_digest(FRAMES),
}


def read(text: str, **changes) -> Gathered:
    call = {"jkt": KEY.jkt, "nonce": "n" * 16, "tokens": TOKENS, "frames": FRAMES} | changes
    return verify_gathered(text, **call)


def fault(claims: dict, key: DeviceKey = KEY, typ: str = "gathered+jwt", **changes) -> str:
    with pytest.raises(InvalidProof) as caught:
        read(key.signed(typ, claims), **changes)
    return caught.value.code


def test_a_good_word_tells_both_times():
    assert read(KEY.signed("gathered+jwt", CLAIMS)) == Gathered(1_772_442_000.5, 1_772_442_012.0)


def test_without_an_end_it_was_gathered_in_a_moment():
    claims = {name: value for name, value in CLAIMS.items() if name != "done"}
    assert read(KEY.signed("gathered+jwt", claims)).done_at == CLAIMS["iat"]


def test_digests_are_those_of_the_description():
    whole = hashlib.sha256(b"a\nb").digest()
    assert tokens_digest(["a", "b"]) == base64url(whole)
    parts = hashlib.sha256(b"a").digest() + hashlib.sha256(b"b").digest()
    assert frames_digest([b"a", b"b"]) == base64url(hashlib.sha256(parts).digest())
    assert frames_digest([]) == ""


def test_another_phones_word_is_refused():
    assert fault(CLAIMS, key=DeviceKey()) == "other_key"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"nonce": "m" * 16}, "wrong_nonce"),
        ({"tokens": TOKENS[:1]}, "wrong_tokens"),
        ({"tokens": TOKENS[::-1]}, "wrong_tokens"),
        ({"frames": []}, "wrong_frames"),
        ({"frames": FRAMES[::-1]}, "wrong_frames"),
        ({"frames": [b"one", b"twp"]}, "wrong_frames"),
    ],
)
def test_what_was_not_signed_is_refused(changes, expected):
    assert fault(CLAIMS, **changes) == expected


@pytest.mark.parametrize("claim", ["nonce", "tokens", "frames", "iat"])
def test_no_claim_may_be_missing(claim):
    left = {name: value for name, value in CLAIMS.items() if name != claim}
    assert fault(left) == ("bad_time" if claim == "iat" else f"wrong_{claim}")


@pytest.mark.parametrize(
    "time", [float("nan"), float("inf"), -1, 10**400, "1772442000", None, [1], {}]
)
@pytest.mark.parametrize("claim", ["iat", "done"])
def test_a_time_that_is_none_is_refused(claim, time):
    assert fault(CLAIMS | {claim: time}) == "bad_time"


def test_nothing_is_gathered_before_it_is_seen():
    assert fault(CLAIMS | {"done": CLAIMS["iat"] - 1}) == "bad_time"


def test_a_proof_of_a_call_is_no_word():
    assert fault(CLAIMS, typ="dpop+jwt") == "wrong_typ"


def test_a_word_with_changed_claims_does_not_hold():
    head, _, signature = KEY.signed("gathered+jwt", CLAIMS).split(".")
    moved = base64url(json.dumps(CLAIMS | {"iat": CLAIMS["iat"] + 60}).encode())
    with pytest.raises(InvalidProof) as caught:
        read(f"{head}.{moved}.{signature}")
    assert caught.value.code == "bad_signature"


@given(st.text(max_size=200))
def test_no_text_is_taken_for_a_word_or_breaks_the_reader(text):
    with pytest.raises(InvalidProof):
        read(text)
