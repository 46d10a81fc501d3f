"""What the phone signs of a kept check-in is what the server reads."""

import pytest

from accounts.domain import dpop
from accounts.domain.gathered import verify_gathered
from accounts.domain.jws import InvalidProof
from phone.key import DeviceKey
from phone.statement import statement

SENT = {"nonce": "of-the-call", "tokens": ["ONE", "TWO"], "frames": [b"first", b"second"]}


@pytest.mark.parametrize("frames", [[], [b"first", b"second"]], ids=["codes alone", "a burst"])
def test_the_server_reads_the_statement(frames):
    key, sent = DeviceKey(), SENT | {"frames": frames}
    text = statement(key, **sent, seen_s=1_800_000_000.5, done_s=1_800_000_009.0)
    said = verify_gathered(text, jkt=dpop.thumbprint(key.jwk), **sent)
    assert (said.seen_at, said.done_at) == (1_800_000_000.5, 1_800_000_009.0)


@pytest.mark.parametrize(
    "other", [{"nonce": "of-another"}, {"tokens": ["ONE"]}, {"frames": [b"second", b"first"]}]
)
def test_it_is_about_nothing_else(other):
    key = DeviceKey()
    text = statement(key, **SENT, seen_s=1.0, done_s=2.0)
    with pytest.raises(InvalidProof):
        verify_gathered(text, jkt=dpop.thumbprint(key.jwk), **SENT | other)
