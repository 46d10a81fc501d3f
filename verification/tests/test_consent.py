"""What students agree to: texts with versions, given, declined and withdrawn by the API."""

import hashlib
from datetime import timedelta

import pytest

from accounts.models import ConsentEvent
from accounts.queries import consenting_to
from accounts.tests.phone import signed_in
from attendance_project import clock
from verification.models import FaceTemplate, PhotoTemplate, TemplateAccess
from verification.services.faces import consent
from verification.tests.support import enrol, face_of
from verification.tests.test_photo_match import keep_photo

FACE, PICTURE = "face_recognition", "face_picture"
DIGESTS = {
    FACE: ("2027-01", "564c9a4e674e98db6e6aa03acfc9608c3550b3828d02343255b3a5e8a9f01e67"),
    PICTURE: ("2026-12", "581851ec9b500f891e83ac312cdcf444f72944f28f6df4a74a3df0ed2ae46084"),
}
"""A changed text needs a new version in the settings, and a new digest here."""


def texts(phone):
    return {text["purpose"]: text for text in phone.get("/face/consent").json()}


def test_each_version_has_its_one_wording():
    said = {text.purpose: text for text in consent.consent_texts()}
    assert set(said) == set(DIGESTS)
    for purpose, (version, digest) in DIGESTS.items():
        assert said[purpose].version.startswith(version)
        assert hashlib.sha256(said[purpose].text.encode()).hexdigest() == digest


def test_the_text_is_shown_with_its_version_and_the_answer_to_it(bare):
    text = texts(bare)[FACE]
    assert (text["version"], text["stands"]) == ("2027-01", False)
    assert text["answer"] is None
    assert "makes no difference" in text["text"]
    bare.post("/face/consent", {"action": "give", "version": text["version"]})
    again = texts(bare)[FACE]
    assert (again["answer"], again["answered_version"], again["stands"]) == (
        "given",
        "2027-01",
        True,
    )


def test_a_new_wording_is_asked_for_again(bare, settings):
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    settings.FACE_PICTURE_MINUTES = 30
    first = texts(bare)[PICTURE]["version"]
    assert "30 minutes" in texts(bare)[PICTURE]["text"]
    bare.post("/face/consent", {"action": "give", "version": first, "purpose": PICTURE})
    assert texts(bare)[PICTURE]["stands"] is True
    settings.FACE_PICTURE_MINUTES = 60
    assert texts(bare)[PICTURE]["stands"] is False
    late = bare.post("/face/consent", {"action": "give", "version": first, "purpose": PICTURE})
    assert (late.status_code, late.json()["code"]) == (400, "consent_outdated")


def test_there_is_nothing_to_agree_to_where_no_picture_is_shown(bare, settings):
    settings.FACE_PICTURE_MINUTES = 0
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    body = {"action": "give", "version": "2026-12-0min", "purpose": PICTURE}
    answer = bare.post("/face/consent", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_picture_shown")


def test_showing_a_picture_hangs_on_face_recognition(bare):
    body = {"action": "give", "version": "2026-12-15min", "purpose": PICTURE}
    assert bare.post("/face/consent", body).json()["code"] == "consent_required"
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    assert bare.post("/face/consent", body).status_code == 200
    bare.post("/face/consent", {"action": "withdraw"})
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    assert texts(bare)[PICTURE]["stands"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "give"},
        {"action": "take"},
        {"action": None},
        {"action": "give", "version": "2027-01", "purpose": "marketing"},
        {"action": "give", "version": ["2027-01"]},
        {"action": "give", "version": "x" * 21},
        {"action": "withdraw", "purpose": {"$ne": ""}},
    ],
)
def test_a_malformed_answer_is_a_clear_400_and_no_word(bare, body):
    answer = bare.post("/face/consent", body)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_input", "consent_outdated")
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("way", ["decline", "withdraw", "delete"])
def test_all_that_is_biometric_goes_at_once(phone, student, settings, way):
    settings.FACE_ENROLMENT_PHOTO = "show"
    keep_photo(student, face_of("me"))
    assert enrol(phone, "me").status_code == 201
    if way == "delete":
        phone.delete("/face")
    else:
        phone.post("/face/consent", {"action": way})
    for model in (FaceTemplate, PhotoTemplate):
        assert not model.objects.exists()
    status = phone.get("/face").json()
    assert (status["faces"], status["photo_measured_at"]) == ([], None)


def test_a_classmates_face_stays(phone, friend, student):
    phone.delete("/face")
    assert FaceTemplate.objects.exclude(student=student).count() == 1


def test_a_withdrawal_while_the_face_is_measured_leaves_nothing(bare, student, monkeypatch):
    """The withdrawal found no template yet, so whoever stores one afterwards has to look again."""
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    store = FaceTemplate.save

    def withdrawn_just_before(*args, **kwargs):
        consent.erase_face(student, by=student, now=clock.now())
        store(*args, **kwargs)

    monkeypatch.setattr(FaceTemplate, "save", withdrawn_just_before)
    answer = enrol(bare, "me")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")
    assert not FaceTemplate.objects.exists()


def test_the_student_reads_who_touched_the_face_and_what_for(phone, teacher, open_session):
    phone.check_in(open_session)
    rows = phone.get("/face/accesses").json()["results"]
    assert [(row["purpose"], row["by"]) for row in rows] == [
        ("check_in", "you"),
        ("approved", teacher.full_name),
        ("enrolled", "you"),
    ]
    assert rows[0]["words"] == "Compared at a check-in"
    assert all(set(row) == {"purpose", "words", "by", "at"} for row in rows)


def test_nobody_reads_anothers_log(phone, friend):
    mine = phone.get("/face/accesses").json()
    assert mine["count"] == TemplateAccess.objects.filter(student_id=phone.user_id).count()
    assert TemplateAccess.objects.count() > mine["count"]


def test_an_unknown_purpose_is_still_shown(phone, student):
    TemplateAccess.objects.create(student=student, purpose="of_a_later_version", at=clock.now())
    assert phone.get("/face/accesses").json()["results"][0]["words"] == "of_a_later_version"


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "0"}, {"page_size": "-1"}])
def test_a_malformed_page_is_no_server_error(student, query):
    assert signed_in(student).get("/api/v1/face/accesses", query).status_code in (200, 404)


def test_whose_latest_word_agrees(bare, student, classmate, outsider):
    at = clock.now()
    for person, version, action in (
        (student, "2027-01", "given"),
        (classmate, "2020", "given"),
        (outsider, "2027-01", "given"),
        (outsider, "2027-01", "withdrawn"),
    ):
        at += timedelta(seconds=1)
        ConsentEvent.objects.create(user=person, version=version, action=action, at=at)
    assert consenting_to(FACE, "2027-01") == {student.pk}
    assert consenting_to(PICTURE, "2026-11") == set()
