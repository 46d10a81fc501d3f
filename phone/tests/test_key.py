"""The key signs what the server's own reading of RFC 9449 accepts, and stays in its file."""

import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.domain import dpop
from phone.key import DeviceKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://attendance.school.test/api/v1/qr/scan"


def verified(proof, **changed):
    call = {"method": "POST", "url": URL, "access_token": "token"} | changed
    return dpop.verify_proof(proof, now=NOW, max_age_s=120, **call)


def test_a_proof_holds_for_its_call():
    key = DeviceKey()
    proof = verified(key.proof("POST", URL, "token", now_s=NOW.timestamp()))
    assert proof.jkt == dpop.thumbprint(key.jwk)


@pytest.mark.parametrize(
    "changed",
    [{"method": "GET"}, {"url": URL + "/other"}, {"access_token": "another"}],
    ids=["method", "address", "token"],
)
def test_a_proof_holds_for_no_other_call(changed):
    proof = DeviceKey().proof("POST", URL, "token", now_s=NOW.timestamp())
    with pytest.raises(dpop.InvalidProof):
        verified(proof, **changed)


def test_an_altered_proof_is_none():
    head, _, signature = DeviceKey().proof("POST", URL, "token", now_s=NOW.timestamp()).split(".")
    _, body, _ = DeviceKey().proof("POST", URL, "token", now_s=NOW.timestamp()).split(".")
    with pytest.raises(dpop.InvalidProof):
        verified(f"{head}.{body}.{signature}")


def test_the_key_is_kept_for_its_owner_alone(tmp_path):
    path = tmp_path / "key.pem"
    made, again = DeviceKey.kept_in(path), DeviceKey.kept_in(path)
    assert made.jwk == again.jwk
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_kind_of_key_is_refused():
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(TypeError):
        DeviceKey.from_pem(other.decode())
