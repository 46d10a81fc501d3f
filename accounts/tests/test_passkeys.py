"""Passkeys are a second proof that the server checks. They decide nothing."""

import json
import time
from datetime import timedelta

import pytest
from rest_framework.exceptions import ValidationError

from accounts import services
from accounts.models import Device, Passkey, PasskeyChallenge
from accounts.tests.authenticator import VERIFIED, Authenticator
from accounts.tests.phone import Phone
from attendance_project import clock
from verification.api.serializers.faces import CredentialTextField

ORIGIN, RP_ID = "https://attendance.school.test", "attendance.school.test"


@pytest.fixture(autouse=True)
def address(settings):
    settings.PUBLIC_URL = ORIGIN


@pytest.fixture
def phone(student) -> Phone:
    return Phone(student)


def authenticator(**how) -> Authenticator:
    return Authenticator(**{"origin": ORIGIN, "rp_id": RP_ID} | how)


def options_of(phone, path="/passkeys/options", **body):
    response = phone.post(path, body, format="json")
    assert response.status_code == 200, response.content
    return response.json()["options"]


def register(phone, device, **body):
    credential = device.create(options_of(phone))
    return phone.post("/passkeys", {"credential": credential, **body}, format="json")


def asked(phone, purpose="device"):
    return options_of(phone, "/passkeys/challenge", purpose=purpose)


def code_of(response):
    return response.status_code, response.json()["code"]


def test_a_passkey_is_registered_with_how_far_it_can_be_trusted(phone, student):
    bound = register(phone, authenticator(), name="This phone")
    synced = register(phone, authenticator(synced=True))

    assert (bound.status_code, bound.json()["trust"]) == (201, "device_bound")
    assert (synced.json()["trust"], synced.json()["backed_up"]) == ("synced", True)
    listed = phone.get("/passkeys").json()["results"]
    assert [row["name"] for row in listed] == ["", "This phone"]
    assert "public_key" not in str(listed)


def test_the_options_name_the_site_and_ask_for_the_user(phone, student):
    register(phone, authenticator())
    options = options_of(phone)
    assert options["rp"]["id"] == RP_ID
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["excludeCredentials"]) == 1


@pytest.mark.parametrize(
    "how",
    [{"origin": "https://evil.test"}, {"rp_id": "evil.test"}],
    ids=["origin", "site"],
)
def test_a_passkey_of_another_site_is_refused(phone, how):
    assert code_of(register(phone, authenticator(**how))) == (400, "invalid_passkey")
    assert not Passkey.objects.exists()


def test_a_passkey_without_its_user_is_refused(phone):
    device = authenticator()
    device.flags &= ~VERIFIED
    assert code_of(register(phone, device)) == (400, "invalid_passkey")


def test_a_challenge_is_good_once(phone):
    device = authenticator()
    credential = device.create(options_of(phone))
    body = {"credential": credential}
    assert phone.post("/passkeys", body, format="json").status_code == 201
    again = phone.post("/passkeys", body, format="json")
    assert code_of(again) == (409, "passkey_challenge_over")


def test_a_challenge_ends(phone):
    credential = authenticator().create(options_of(phone))
    PasskeyChallenge.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    late = phone.post("/passkeys", {"credential": credential}, format="json")
    assert code_of(late) == (409, "passkey_challenge_over")


def test_a_challenge_of_somebody_else_is_refused(phone, classmate):
    credential = authenticator().create(options_of(Phone(classmate)))
    stolen = phone.post("/passkeys", {"credential": credential}, format="json")
    assert code_of(stolen) == (409, "passkey_challenge_over")


def test_an_invented_challenge_is_refused(phone):
    credential = authenticator().create({"challenge": "AAAA"})
    invented = phone.post("/passkeys", {"credential": credential}, format="json")
    assert code_of(invented) == (409, "passkey_challenge_over")


def test_a_passkey_is_registered_for_one_person_only(phone, classmate):
    device = authenticator()
    register(phone, device)
    assert code_of(register(Phone(classmate), device)) == (409, "passkey_known")


def test_ten_passkeys_are_enough(phone, student):
    for _ in range(10):
        register(phone, authenticator())
    full = phone.post("/passkeys/options", {}, format="json")
    assert code_of(full) == (409, "too_many_passkeys")


def test_removing_one(phone, classmate):
    pk = register(phone, authenticator()).json()["id"]
    assert Phone(classmate).delete(f"/passkeys/{pk}").status_code == 404
    assert phone.delete(f"/passkeys/{pk}").status_code == 204
    assert phone.delete(f"/passkeys/{pk}").status_code == 404


# --- a new phone ----------------------------------------------------------------------


@pytest.fixture
def new(phone, student) -> Phone:
    """A second phone of the same student, which waits."""
    return Phone(student)


def confirm(new, credential, device_id=None):
    path = f"/devices/{device_id or new.device['id']}/confirm"
    return new.post(path, {"credential": credential}, format="json")


def test_a_new_phone_is_confirmed_and_goes_on_waiting(phone, new):
    device = authenticator(synced=True)
    register(phone, device)
    answer = confirm(new, device.get(asked(new)))
    assert answer.status_code == 200, answer.content
    assert (answer.json()["confirmed_by"], answer.json()["status"]) == ("synced", "pending")
    assert Passkey.objects.get().last_used_at is not None


def test_without_a_passkey_there_is_nothing_to_ask(new):
    none = new.post("/passkeys/challenge", {"purpose": "device"}, format="json")
    assert code_of(none) == (409, "no_passkey")


def test_an_answer_for_another_purpose_is_refused(phone, new):
    device = authenticator()
    register(phone, device)
    other = confirm(new, device.get(asked(new, "enrol")))
    assert code_of(other) == (409, "passkey_challenge_over")


def test_an_answer_asked_for_by_another_phone_is_refused(phone, new):
    device = authenticator()
    register(phone, device)
    other = confirm(new, device.get(asked(phone)))
    assert code_of(other) == (409, "passkey_challenge_over")
    assert Device.objects.get(pk=new.device["id"]).confirmed_by == ""


def test_the_other_phone_cannot_be_confirmed_from_this_one(phone, new):
    device = authenticator()
    register(phone, device)
    answer = confirm(phone, device.get(asked(phone)), new.device["id"])
    assert code_of(answer) == (409, "device_not_waiting")


def test_a_friends_passkey_confirms_nothing(phone, new, classmate):
    mine, theirs = authenticator(), authenticator()
    register(phone, mine)
    register(Phone(classmate), theirs)
    answer = confirm(new, theirs.get(asked(new)))
    assert code_of(answer) == (400, "invalid_passkey")


def test_a_forged_signature_is_refused(phone, new):
    device, forger = authenticator(), authenticator()
    register(phone, device)
    forger.credential_id = device.credential_id
    assert code_of(confirm(new, forger.get(asked(new)))) == (400, "invalid_passkey")


def test_an_answer_without_its_user_is_refused(phone, new):
    device = authenticator()
    register(phone, device)
    device.flags &= ~VERIFIED
    assert code_of(confirm(new, device.get(asked(new)))) == (400, "invalid_passkey")


def test_a_counter_that_goes_back_is_a_copy(phone, new):
    device = authenticator()
    device.count = 5
    register(phone, device)
    device.count = 2
    assert code_of(confirm(new, device.get(asked(new)))) == (400, "invalid_passkey")


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": {}},
        {"id": 5, "response": {}},
        {"id": "ä", "response": {"clientDataJSON": "AAAA"}},
        {"id": "AAAA", "response": {"clientDataJSON": "e30"}},
        {"id": "AAAA", "response": {"clientDataJSON": ["x"]}},
        {"id": None, "response": "text"},
    ],
)
@pytest.mark.parametrize("path", ["/passkeys", "confirm"])
def test_what_is_no_credential_is_a_clear_error(phone, new, credential, path):
    register(phone, authenticator())
    if path == "confirm":
        answer = confirm(new, credential)
    else:
        answer = phone.post(path, {"credential": credential}, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_input", "invalid_passkey")


def big_number(length: int) -> bytes:
    """A whole number of so many bytes, as CBOR (RFC 8949, 3.4.3)."""
    return b"\xc2\x5a" + length.to_bytes(4) + b"\xff" * length


ODD_KEYS = {
    "a decimal number": lambda length: b"\xc4\x82\x01" + big_number(length),
    "a fraction": lambda length: b"\xd8\x1e\x82" + big_number(length) * 2,
    "a large float": lambda length: b"\xc5\x82\x01" + big_number(length),
    "lists in lists": lambda length: b"\x81" * length,
    "a list of a length that is not there": lambda length: b"\x9b\x7f" + b"\xff" * 7,
    "a list that holds itself": lambda length: b"\xd8\x1c\x81\xd8\x1d\x00",
}


@pytest.mark.parametrize("odd", ODD_KEYS.values(), ids=ODD_KEYS)
@pytest.mark.parametrize("length", [5_000, 300_000])
def test_no_number_in_a_credential_keeps_the_server_busy(phone, odd, length):
    """Half a megabyte as one decimal number took minutes, in which nobody was answered."""
    credential = authenticator().create(options_of(phone), public_key=odd(length))
    before_s = time.process_time()
    answer = phone.post("/passkeys", {"credential": credential}, format="json")
    assert time.process_time() - before_s < 1
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_passkey", "invalid_input")


def test_a_long_credential_inside_a_form_is_refused_too():
    field = CredentialTextField()
    with pytest.raises(ValidationError):
        field.run_validation(json.dumps({"response": {"clientDataJSON": "A" * 20_000}}))


def test_old_challenges_are_purged(phone):
    options_of(phone)
    gone = services.purge_expired(now=clock.now() + timedelta(minutes=6))
    assert gone["passkey challenges"] == 1
