"""An enrolled face compared with the institution's photo: what is told, and what it needs."""

import pytest

from accounts.tests.phone import signed_in
from attendance_project.refusals import Refusal
from conftest import NOW
from lab.fake_engine import FakeEngine, picture
from verification import services
from verification.domain.face_enrolment import PhotoRule, needs_note
from verification.models import FaceTemplate, PhotoTemplate
from verification.services.faces import sealing
from verification.tests.support import enrol, face_of

MATCHES = ["matches", "doubt", "differs", ""]


def keep_photo(student, template):
    return PhotoTemplate.objects.create(
        student=student,
        engine=template.engine,
        ciphertext=sealing.seal_template(student.pk, sealing.PHOTO, template),
        consent_version="2027-01",
        file_digest="digest",
        made_at=NOW,
    )


def waiting(teacher):
    return signed_in(teacher).get("/api/v1/face/waiting").json()["results"]


def decide(teacher, **body):
    pk = FaceTemplate.objects.get(status="waiting").pk
    return signed_in(teacher).post(f"/api/v1/face/waiting/{pk}", body, format="json")


@pytest.fixture
def enrolled(bare, student, settings, course):
    """Enrol a student whose photo is alike the face to a given degree. None means no photo."""

    def make(likeness, rule):
        settings.FACE_ENROLMENT_PHOTO = rule
        if likeness is not None:
            keep_photo(student, face_of("me", likeness=likeness))
        assert enrol(bare, "me", consent_version="2027-01").status_code == 201
        FaceTemplate.objects.update(compared_with=20)  # alone on its course it needs a note

    return make


@pytest.mark.parametrize(
    ("likeness", "match", "words"),
    [
        (0.9, "matches", "Matches the institution"),
        (0.3, "doubt", "Unclear match"),
        (0.1, "differs", "Does not match the institution"),
        (None, "no_photo", "No photo to compare with"),
    ],
)
@pytest.mark.parametrize("rule", ["show", "require"])
def test_who_approves_is_told_in_words(enrolled, teacher, client, likeness, match, words, rule):
    enrolled(likeness, rule)
    [row] = waiting(teacher)
    assert row["photo_match"] == match
    assert row["needs_note"] == (rule == "require" and match != "matches")
    client.force_login(teacher)
    assert words in client.get("/approvals/").content.decode()


def test_nothing_is_compared_or_told_where_it_is_off(enrolled, teacher, student, client):
    enrolled(0.1, "off")
    [row] = waiting(teacher)
    assert (row["photo_match"], row["needs_note"]) == ("not_asked", False)
    client.force_login(teacher)
    assert "photo" not in client.get("/approvals/").content.decode()
    purposes = student.template_accesses.values_list("purpose", flat=True)
    assert "photo_compared" not in purposes


@pytest.mark.parametrize("likeness", [0.3, 0.1, None])
def test_where_it_is_required_anything_but_a_match_needs_a_note(enrolled, teacher, likeness):
    enrolled(likeness, "require")
    for note in ("", "   "):
        answer = decide(teacher, verdict="approve", note=note)
        assert (answer.status_code, answer.json()["code"]) == (400, "note_required")
        assert FaceTemplate.objects.get().status == "waiting"
    answer = decide(teacher, verdict="approve", note="Enrolled before my eyes.")
    assert (answer.json()["status"], answer.json()["note"]) == (
        "approved",
        "Enrolled before my eyes.",
    )


def test_the_page_asks_for_the_note_as_well(enrolled, teacher, client):
    enrolled(0.1, "require")
    client.force_login(teacher)
    url = f"/faces/{FaceTemplate.objects.get().pk}/verdict/"
    body = {"verdict": "approve", "back": "approvals"}
    page = client.post(url, body, follow=True).content.decode()
    assert "Write in the note how you know" in page
    assert FaceTemplate.objects.get().status == "waiting"
    client.post(url, body | {"note": "Saw the card."})
    assert FaceTemplate.objects.get().status == "approved"


def test_a_mismatch_can_be_rejected_without_a_note_and_the_student_reads_one(
    enrolled, teacher, bare
):
    enrolled(0.1, "require")
    assert decide(teacher, verdict="reject", note="Please enrol with me.").status_code == 200
    [face] = bare.get("/face").json()["faces"]
    assert (face["status"], face["note"]) == ("rejected", "Please enrol with me.")


def test_a_rejected_face_is_gone_and_its_row_is_history(enrolled, teacher):
    enrolled(0.9, "show")
    decide(teacher, verdict="reject")
    stored = FaceTemplate.objects.get()
    assert (stored.status, bytes(stored.ciphertext)) == ("rejected", b"")


def test_a_photo_of_another_engine_is_not_compared(bare, student, settings, course, teacher):
    settings.FACE_ENROLMENT_PHOTO = "show"
    photo = keep_photo(student, face_of("me"))
    PhotoTemplate.objects.filter(pk=photo.pk).update(engine="older")
    enrol(bare, "me", consent_version="2027-01")
    assert waiting(teacher)[0]["photo_match"] == "no_photo"


@pytest.mark.parametrize("breakage", ["another's", "a face", "junk"])
def test_a_photo_that_cannot_be_read_keeps_nobody_from_enrolling(
    bare, student, classmate, settings, course, teacher, breakage
):
    settings.FACE_ENROLMENT_PHOTO = "show"
    photo = keep_photo(student, face_of("me"))
    broken = {
        "another's": sealing.seal_template(classmate.pk, sealing.PHOTO, face_of("me")),
        "a face": sealing.seal_template(student.pk, sealing.FACE, face_of("me")),
        "junk": b"junk",
    }[breakage]
    PhotoTemplate.objects.filter(pk=photo.pk).update(ciphertext=broken)
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    assert waiting(teacher)[0]["photo_match"] == "no_photo"


def test_a_photos_face_is_no_enrolled_face(phone, student):
    """A row of one table that is moved to the other must not open the door."""
    sealed = sealing.seal_template(student.pk, sealing.PHOTO, face_of("a friend"))
    FaceTemplate.objects.update(ciphertext=sealed)
    with pytest.raises(Refusal) as caught:
        services.face_reference(student, actor=student, purpose="check_in", now=NOW)
    assert caught.value.code == "template_unreadable"


@pytest.mark.parametrize("rule", list(PhotoRule))
@pytest.mark.parametrize("match", MATCHES)
@pytest.mark.parametrize("look_alikes", [0, 1, 5])
def test_when_a_note_is_needed(rule, match, look_alikes):
    needed = needs_note(rule=rule, photo_match=match, look_alikes=look_alikes)
    assert needed == (look_alikes > 0 or (rule == "require" and match != "matches"))


@pytest.mark.parametrize("note", ["x" * 301, ["x"], {"a": 1}, None])
def test_a_malformed_note_is_a_clear_400(enrolled, teacher, note):
    enrolled(0.9, "show")
    answer = decide(teacher, verdict="approve", note=note)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert FaceTemplate.objects.get().status == "waiting"


def test_the_fakes_likeness_is_what_it_says():
    engine = FakeEngine()
    for likeness in (1.0, 0.9, 0.3, 0.1):
        made = face_of("me", likeness=likeness)
        assert engine.compare(made, engine.describe(picture("me"))) == pytest.approx(likeness)
