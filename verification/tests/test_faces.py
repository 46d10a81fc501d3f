"""Consent to faces, their enrolment, approval, erasure and encryption."""

import pytest

from accounts.models import ConsentEvent
from accounts.tests.phone import signed_in
from verification.engines.base import PassiveModelUnusable
from verification.engines.weights import WeightsMissing
from verification.models import FaceTemplate
from verification.tests.support import SEEN, StudentPhone, enrol


def test_consent_comes_first_and_is_kept_with_version_and_time(bare, student):
    answer = enrol(bare, "me")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")
    assert not FaceTemplate.objects.exists()
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    event = ConsentEvent.objects.get(user=student)
    assert (event.action, event.version, event.purpose) == ("given", "2027-01", "face_recognition")


def test_consent_to_an_older_text_is_not_enough(bare, settings):
    assert bare.post("/face/consent", {"action": "give", "version": "2020"}).json()["code"] == (
        "consent_outdated"
    )
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    settings.FACE_CONSENT_VERSION = "2099-01"
    assert enrol(bare, "me").json()["code"] == "consent_required"


@pytest.mark.parametrize(
    "fault", [WeightsMissing("yunet is missing"), PassiveModelUnusable("no such file")]
)
def test_an_engine_that_cannot_be_loaded_hides_its_cause(bare, monkeypatch, caplog, fault):
    def broken(_name: str) -> None:
        raise fault

    monkeypatch.setattr("verification.engines.chosen.get_engine", broken)
    answer = enrol(bare, "me", consent_version="2027-01")
    assert (answer.status_code, answer.json()["code"]) == (503, "face_check_unavailable")
    assert str(fault) not in answer.content.decode()
    assert str(fault) in caplog.text  # the administrator reads it there


def test_a_newer_enrolment_takes_the_place_of_one_that_waits(bare):
    for _ in range(2):
        assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    assert FaceTemplate.objects.count() == 1


def test_a_phone_that_is_not_active_enrols_nothing(bare, student):
    new = StudentPhone(student)
    answer = enrol(new, "me", consent_version="2027-01")
    assert (answer.status_code, answer.json()["code"]) == (403, "device_waiting")
    assert not FaceTemplate.objects.exists()


def test_approving_deletes_the_face_before_it(phone, student, teacher):
    first = FaceTemplate.objects.get()
    assert phone.enrol("me").status_code == 201
    second = FaceTemplate.objects.get(status="waiting")
    desk = signed_in(teacher)
    path = f"/api/v1/face/waiting/{second.pk}"
    seen = {"verdict": "approve", "note": SEEN}
    assert desk.post(path, seen, format="json").json()["status"] == "approved"
    assert [face.pk for face in FaceTemplate.objects.all()] == [second.pk]
    assert first.pk != second.pk
    assert desk.post(path, {"verdict": "reject"}, format="json").status_code == 409
    assert FaceTemplate.objects.get().status == "approved"


def test_a_rejected_face_leaves_the_approved_one(phone, teacher):
    assert phone.enrol("me").status_code == 201
    second = FaceTemplate.objects.get(status="waiting")
    path = f"/api/v1/face/waiting/{second.pk}"
    signed_in(teacher).post(path, {"verdict": "reject"}, format="json")
    assert FaceTemplate.objects.filter(status="approved").count() == 1


def test_withdrawing_consent_erases_at_once(phone, student):
    answer = phone.post("/face/consent", {"action": "withdraw"}).json()
    assert (answer["consent"], answer["faces"]) == ("withdrawn", [])
    assert not FaceTemplate.objects.filter(student=student).exists()


def test_a_student_sees_where_the_face_stands_and_nothing_of_it(phone):
    answer = phone.get("/face").json()
    [face] = answer["faces"]
    assert set(face) == {
        *("status", "enrolled_at", "decided_at", "decided_by", "note", "needs_renewal"),
    }
    assert (face["status"], answer["re_enrolment_waits"]) == ("approved", False)
