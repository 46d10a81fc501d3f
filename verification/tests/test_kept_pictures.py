"""Pictures of face enrolments: kept only on two agreements, for a time and for one purpose."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.tests.phone import signed_in
from attendance_project import clock
from attendance_project.refusals import Refusal
from lab.fake_engine import REST, picture
from verification import services
from verification.engines.base import Template
from verification.models import EnrolmentFrame, FaceTemplate, PhotoTemplate, TemplateAccess
from verification.services.faces import frames, sealing
from verification.tests.support import SEEN, enrol, pictures_of
from verification.tests.test_photo_match import keep_photo


@pytest.fixture
def keeping(settings):
    settings.FACE_FRAMES_RETENTION_DAYS = 30


def agree_and_enrol(phone, who="me"):
    versions = {"consent_version": "2026-12", "frames_consent_version": "2026-11-30d"}
    assert enrol(phone, who, **versions).status_code == 201
    return FaceTemplate.objects.get(status="waiting")


def decide(teacher, face, verdict):
    path = f"/api/v1/face/waiting/{face.pk}"
    assert (
        signed_in(teacher).post(path, {"verdict": verdict, "note": SEEN}, format="json").status_code
        == 200
    )


def made_by_another_engine(face):
    """The state after FACE_ENGINE was changed."""
    older = Template("older", (0.6, 0.8))
    sealed = sealing.seal_template(face.student_id, sealing.FACE, older)
    FaceTemplate.objects.filter(pk=face.pk).update(engine="older", ciphertext=sealed)


def reembed():
    out = StringIO()
    call_command("reembed", stdout=out)
    return out.getvalue()


# --- keeping --------------------------------------------------------------------------


def test_nothing_is_kept_unless_the_institution_keeps(bare, course):
    enrol(bare, "me", consent_version="2026-12")
    assert not EnrolmentFrame.objects.exists()
    answer = enrol(bare, "me", frames_consent_version="2026-11-0d")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_is_kept")


def test_nothing_is_kept_unless_the_student_agrees_to_that_too(bare, course, keeping):
    enrol(bare, "me", consent_version="2026-12")
    assert not EnrolmentFrame.objects.exists()


def test_they_are_kept_encrypted_sealed_and_with_their_end(bare, course, keeping, classmate):
    face = agree_and_enrol(bare)
    kept = list(EnrolmentFrame.objects.all())
    shown = [json.loads(sealing.open_frame(frame)) for frame in kept]
    assert len(shown) == 4
    assert all(picture["who"] == "me" for picture in shown)
    assert all(picture[measure] == REST[measure] for picture in shown for measure in REST)
    assert all(b'"who"' not in bytes(frame.ciphertext) for frame in kept)
    assert {frame.expires_at - frame.kept_at for frame in kept} == {timedelta(days=30)}
    kept[0].student = classmate
    with pytest.raises(Refusal):
        sealing.open_frame(kept[0])
    assert bare.get("/face").json()["faces"][0]["pictures_until"]
    assert TemplateAccess.objects.filter(purpose="frames_kept", student=face.student).exists()


def test_a_picture_row_is_no_face_row(bare, course, keeping):
    face = agree_and_enrol(bare)
    FaceTemplate.objects.update(ciphertext=EnrolmentFrame.objects.first().ciphertext)
    face.refresh_from_db()
    with pytest.raises(Refusal):
        sealing.open_template(face)


@pytest.mark.parametrize("way", ["rejected", "disowned", "enrolled again", "withdrawn", "declined"])
def test_they_go_at_once(bare, course, teacher, keeping, way):
    face = agree_and_enrol(bare)
    if way == "rejected":
        decide(teacher, face, "reject")
    elif way == "disowned":
        bare.post("/face/not-me")
    elif way == "enrolled again":
        agree_and_enrol(bare, "me later")
    else:
        action = {"withdrawn": "withdraw", "declined": "decline"}[way]
        bare.post("/face/consent", {"action": action, "purpose": "face_frames"})
        assert FaceTemplate.objects.get().status == "waiting"
    assert not EnrolmentFrame.objects.filter(template_id=face.pk).exists()


def test_a_rejection_while_they_are_written_leaves_none(bare, course, teacher, keeping):
    face = agree_and_enrol(bare)
    EnrolmentFrame.objects.all().delete()
    decide(teacher, face, "reject")
    frames.keep_frames(face, pictures_of("me"), now=clock.now())
    assert not EnrolmentFrame.objects.exists()


@pytest.mark.parametrize(("days", "left"), [(29, 4), (30, 0), (31, 0)])
def test_purge_deletes_them_when_their_time_is_over(bare, course, keeping, days, left):
    face = agree_and_enrol(bare)
    now = clock.now() + timedelta(days=days, seconds=5 if days == 30 else 0)
    assert len(frames.kept_frames(face, now=now)) == left
    assert services.purge_frames(now=now) == 4 - left
    assert services.purge_frames(now=now) == 0
    assert EnrolmentFrame.objects.count() == left
    logged = TemplateAccess.objects.filter(purpose="frames_deleted")
    assert logged.count() == (1 if left == 0 else 0)


def test_a_shorter_retention_counts_for_the_older_ones_too(bare, course, keeping, settings):
    agree_and_enrol(bare)
    settings.FACE_FRAMES_RETENTION_DAYS = 0
    out = StringIO()
    call_command("purge_expired", stdout=out)
    assert "kept pictures: 4 deleted" in out.getvalue()


def test_a_longer_one_does_not_lengthen_what_was_agreed_to(bare, course, keeping, settings):
    agree_and_enrol(bare)
    settings.FACE_FRAMES_RETENTION_DAYS = 365
    assert services.purge_frames(now=clock.now() + timedelta(days=31)) == 4


# --- another engine -------------------------------------------------------------------


def test_a_face_of_another_engine_is_never_compared(phone, open_session):
    made_by_another_engine(FaceTemplate.objects.get())
    answer = phone.check_in(open_session)
    assert "face_enrol_again" in {reason["code"] for reason in answer["reasons"]}
    assert phone.get("/face").json()["faces"][0]["needs_renewal"] is True


@pytest.mark.parametrize("status", ["approved", "waiting"])
def test_reembed_renews_from_the_pictures_and_the_face_counts_on(
    bare, course, teacher, keeping, open_session, status
):
    face = agree_and_enrol(bare)
    if status == "approved":
        decide(teacher, face, "approve")
    made_by_another_engine(face)
    assert "1 faces are renewed for fake, 0 students have to enrol again" in reembed()
    assert "0 faces are renewed" in reembed()
    face.refresh_from_db()
    assert (face.status, face.engine) == (status, "fake")
    if status == "approved":
        assert bare.check_in(open_session)["outcome"] == "present"
    log = TemplateAccess.objects.filter(purpose="reembedded")
    assert [access.actor_id for access in log] == [None]


def test_who_has_to_enrol_again_is_named_with_the_reason(phone, student):
    made_by_another_engine(FaceTemplate.objects.get())
    said = reembed()
    assert "! Student S1 (S1) (approved): no pictures are kept" in said
    assert "0 faces are renewed for fake, 1 students have to enrol again" in said
    assert FaceTemplate.objects.get().engine == "older"


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ("expired", "no pictures are kept"),
        ("withdrawn", "no pictures are kept"),
        ("new wording", "has not agreed to the current texts"),
        ("other keys", "cannot be read"),
        ("junk", "cannot be read"),
        ("two people", "do not pass the guards"),
        ("dark", "do not pass the guards"),
    ],
)
def test_reembed_uses_nothing_that_it_may_not_or_that_does_not_pass(
    bare, course, teacher, keeping, settings, obstacle, words
):
    face = agree_and_enrol(bare)
    decide(teacher, face, "approve")
    made_by_another_engine(face)
    rows, student = EnrolmentFrame.objects, face.student
    if obstacle == "expired":
        rows.update(expires_at=clock.now())
    elif obstacle == "withdrawn":
        bare.post("/face/consent", {"action": "withdraw", "purpose": "face_frames"})
    elif obstacle == "new wording":
        settings.FACE_CONSENT_VERSION = "2027-01"
    elif obstacle == "other keys":
        rows.update(ciphertext=b"sealed with a lost key")
    else:
        data = {
            "junk": b"junk",
            "two people": picture("another"),
            "dark": picture("me", brightness=1.0),
        }[obstacle]
        first = rows.order_by("number").first()
        rows.filter(pk=first.pk).update(ciphertext=sealing.seal(student.pk, sealing.FRAME, data))
    assert words in reembed()
    face.refresh_from_db()
    assert (face.engine, face.status) == ("older", "approved")


def test_photos_of_another_engine_are_mentioned(phone, student):
    photo = keep_photo(student, Template("fake", (1.0,)))
    assert "photos" not in reembed()
    PhotoTemplate.objects.filter(pk=photo.pk).update(engine="older")
    assert "1 photos are of another engine" in reembed()
