"""The rules for a proof, without a database."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from accounts.domain import dpop, jws
from accounts.domain.addresses import client_address
from accounts.tests.phone import DeviceKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://school.test/api/v1/attendance/mark"
KEY = DeviceKey()


def verify(proof: str, **changes) -> dpop.Proof:
    arguments = {"method": "POST", "url": URL, "now": NOW, "max_age_s": 120.0} | changes
    return dpop.verify_proof(proof, **arguments)


def refusal(proof: str, **changes) -> str:
    with pytest.raises(dpop.InvalidProof) as caught:
        verify(proof, **changes)
    return caught.value.code


def sign(header: dict, claims: dict | None = None, key=None, algorithm: str = "ES256") -> str:
    claims = claims or {"htm": "POST", "htu": URL, "iat": NOW.timestamp(), "jti": "j" * 16}
    return jwt.encode(claims, key or KEY.private_key, algorithm=algorithm, headers=header)


def raw(header: object, payload: object = None, signature: str = "AAAA") -> str:
    """Three segments, joined without a library."""
    parts = [header, payload if payload is not None else {}]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
    encoded = [base64.urlsafe_b64encode(t.encode()).rstrip(b"=").decode() for t in texts]
    return ".".join([*encoded, signature])


def test_good_proof_is_accepted_and_read():
    proof = verify(KEY.proof("POST", URL, now=NOW, jti="0123456789abcdef"))
    assert (proof.jkt, proof.jti) == (KEY.jkt, "0123456789abcdef")
    assert proof.public_jwk == {k: KEY.public_jwk[k] for k in ("crv", "kty", "x", "y")}
    assert proof.iat == NOW.timestamp()


def test_thumbprint_is_that_of_rfc_7638():
    # This is the P-256 key of RFC 9449, figure 3, and its thumbprint from figure 7 (cnf.jkt).
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert dpop.thumbprint(jwk) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_access_token_hash_is_that_of_rfc_9449():
    # RFC 9449, figure 12, has this token and its ath.
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert dpop.token_hash(token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


@pytest.mark.parametrize(
    ("signed", "asked"),
    [
        (URL, "HTTPS://School.Test/api/v1/attendance/mark"),
        (URL, "https://school.test:443/api/v1/attendance/mark"),
        ("https://school.test:443/api/v1/attendance/mark", URL),
        ("http://school.test:80/x", "http://school.test/x"),
        (URL + "#there", URL),
        (URL, URL + "?a=1"),
        ("https://school.test", "https://school.test/"),
    ],
)
def test_same_address_spelt_otherwise_is_accepted(signed, asked):
    assert verify(KEY.proof("POST", URL, now=NOW, htu=signed), url=asked).jkt == KEY.jkt


@pytest.mark.parametrize(
    "htu",
    [
        "https://school.test/api/v1/attendance/mar",
        "https://school.test/api/v1/attendance/mark/",
        "https://school.test/API/v1/attendance/mark",
        "http://school.test/api/v1/attendance/mark",
        "https://school.test:8443/api/v1/attendance/mark",
        "https://evil.test/api/v1/attendance/mark",
        "https://school.test@evil.test/api/v1/attendance/mark",
        "https://user@school.test/api/v1/attendance/mark",
        "https://[school/api",
        "https://school.test:no/api",
        "/api/v1/attendance/mark",
        "",
        None,
        7,
        [URL],
    ],
)
def test_proof_for_another_address_is_refused(htu):
    assert refusal(KEY.proof("POST", URL, now=NOW, htu=htu)) == "wrong_address"


@pytest.mark.parametrize("htm", ["GET", "post", "", None, 7, ["POST"]])
def test_proof_for_another_method_is_refused(htm):
    assert refusal(KEY.proof("POST", URL, now=NOW, htm=htm)) == "wrong_method"


@pytest.mark.parametrize(("offset_s", "ok"), [(-121, 0), (-120, 1), (0, 1), (120, 1), (121, 0)])
def test_proof_counts_only_inside_its_window(offset_s, ok):
    proof = KEY.proof("POST", URL, now=NOW + timedelta(seconds=offset_s))
    if ok:
        assert verify(proof).jkt == KEY.jkt
    else:
        assert refusal(proof) == "bad_time"


@pytest.mark.parametrize(
    "iat",
    [None, "1772442000", True, float("nan"), float("inf"), -float("inf"), 10**400, -1, [], {}],
)
def test_time_that_is_none_is_refused(iat):
    assert refusal(KEY.proof("POST", URL, now=NOW, iat=iat)) == "bad_time"


@pytest.mark.parametrize("jti", [None, "", "short", "x" * 129, 12345678, ["12345678"]])
def test_proof_without_a_usable_id_is_refused(jti):
    claims = {"htm": "POST", "htu": URL, "iat": NOW.timestamp(), "jti": jti}
    header = {"typ": "dpop+jwt", "jwk": KEY.public_jwk}
    claims = {name: value for name, value in claims.items() if value is not None}
    assert refusal(sign(header, claims)) == "bad_jti"


@pytest.mark.parametrize("ath", [None, "", dpop.token_hash("another"), 5])
def test_proof_of_another_token_is_refused(ath):
    proof = KEY.proof("POST", URL, access_token="mine", now=NOW, ath=ath)
    assert refusal(proof, access_token="mine") == "wrong_token"


def test_proof_of_this_token_is_accepted():
    proof = KEY.proof("POST", URL, access_token="mine", now=NOW)
    assert verify(proof, access_token="mine").jkt == KEY.jkt


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "DPOP+JWT", None])
def test_another_kind_of_token_is_refused(typ):
    assert refusal(KEY.proof("POST", URL, now=NOW, headers={"typ": typ})) == "wrong_typ"


def test_unsigned_proof_is_refused():
    header = {"typ": "dpop+jwt", "alg": "none", "jwk": KEY.public_jwk}
    claims = {"htm": "POST", "htu": URL, "iat": NOW.timestamp(), "jti": "j" * 16}
    assert refusal(raw(header, claims, signature="")) == "wrong_alg"


def test_proof_signed_with_a_shared_secret_is_refused():
    # In a well-known attack something public is taken for an HMAC secret.
    header = {"typ": "dpop+jwt", "jwk": KEY.public_jwk}
    proof = sign(header, key=KEY.public_jwk["x"], algorithm="HS256")
    assert refusal(proof) == "wrong_alg"


def test_rsa_proof_is_refused():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    assert refusal(sign({"typ": "dpop+jwt", "jwk": jwk}, key=key, algorithm="RS256")) == "wrong_alg"


def test_rsa_key_under_an_es256_header_is_refused():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    assert refusal(sign({"typ": "dpop+jwt", "jwk": jwk})) == "bad_key"


def test_key_on_another_curve_is_refused():
    key = ec.generate_private_key(ec.SECP384R1())
    jwk = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    assert refusal(sign({"typ": "dpop+jwt", "jwk": jwk})) == "bad_key"


def test_proof_that_gives_the_private_key_away_is_refused():
    jwk = json.loads(ECAlgorithm.to_jwk(KEY.private_key))
    assert "d" in jwk
    assert refusal(sign({"typ": "dpop+jwt", "jwk": jwk})) == "private_key"


@pytest.mark.parametrize(
    "change",
    [
        {"x": None},
        {"x": 5},
        {"x": ""},
        {"x": "AAAA"},
        {"x": "é" * 43},
        {"x": KEY.public_jwk["x"] + "="},
        {"x": "AA" + KEY.public_jwk["x"]},
        {"y": KEY.public_jwk["x"]},
        {"crv": "P-521"},
        {"kty": "oct"},
    ],
)
def test_malformed_key_is_refused(change):
    assert refusal(sign({"typ": "dpop+jwt", "jwk": KEY.public_jwk | change})) == "bad_key"


def test_second_spelling_of_a_key_is_refused():
    # 43 characters have two spare bits. Changed, they would decode to the same key and give one
    # phone a second thumbprint.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    x = KEY.public_jwk["x"]
    twin = x[:-1] + alphabet[alphabet.index(x[-1]) ^ 1]
    assert base64.urlsafe_b64decode(twin + "=") == base64.urlsafe_b64decode(x + "=")
    assert refusal(sign({"typ": "dpop+jwt", "jwk": KEY.public_jwk | {"x": twin}})) == "bad_key"


@pytest.mark.parametrize("jwk", [None, "key", [], 5])
def test_header_without_a_key_is_refused(jwk):
    assert refusal(sign({"typ": "dpop+jwt", "jwk": jwk})) == "bad_key"


def test_proof_signed_by_another_key_is_refused():
    header = {"typ": "dpop+jwt", "jwk": KEY.public_jwk}
    assert refusal(sign(header, key=DeviceKey().private_key)) == "bad_signature"


def test_changed_claims_are_refused():
    header, payload, signature = KEY.proof("POST", URL, now=NOW).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["jti"] = "another-id-123456"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert refusal(f"{header}.{forged}.{signature}") == "bad_signature"


def test_extension_that_we_do_not_know_is_refused():
    header = {"typ": "dpop+jwt", "jwk": KEY.public_jwk, "crit": ["exp"]}
    assert refusal(sign(header)) == "malformed"


def test_very_long_proof_is_refused_unread():
    assert refusal("a" * (jws.MAX_LENGTH + 1)) == "too_long"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "\ud800.a.b",
        raw("[" * 2000),
        raw("[]"),
        raw({"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY.public_jwk}, "[" * 1200),
    ],
)
def test_text_that_is_no_proof_is_refused(text):
    assert refusal(text) in {"malformed", "bad_signature"}


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda b: raw(b.decode("latin-1"))))
def test_any_text_is_refused_in_an_orderly_way(text):
    with pytest.raises(dpop.InvalidProof):
        verify(text)


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind_proxy", "expected"),
    [
        ("10.0.0.1", "", False, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6", False, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 20.0.0.2", True, "20.0.0.2"),
        ("10.0.0.1", "", True, "10.0.0.1"),
        ("::ffff:10.0.0.1", "", False, "10.0.0.1"),
        ("2001:db8:1:2:3::4", "", False, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "", False, "fe80::/64"),
        ("", "", False, "unknown"),
        ("10.0.0.1", "nonsense", True, "unknown"),
    ],
)
def test_client_address_is_the_one_that_can_be_trusted(remote, forwarded, behind_proxy, expected):
    assert client_address(remote, forwarded, behind_proxy=behind_proxy) == expected
