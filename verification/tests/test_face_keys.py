"""``manage.py rotate_face_keys``, over everything that is encrypted."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from accounts.tests.phone import signed_in
from attendance_project.refusals import Refusal
from verification.models import FaceTemplate, PhotoTemplate, TemplateAccess
from verification.services.faces import sealing
from verification.tests.support import enrol, face_of
from verification.tests.test_photo_match import keep_photo


@pytest.fixture
def sealed(bare, student, course, settings):
    """A face and a photo's face of one student."""
    settings.FACE_ENROLMENT_PHOTO = "show"
    keep_photo(student, face_of("me"))
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201


def read_all():
    """Decrypt everything. Raises Refusal where a key is missing."""
    faces = [*FaceTemplate.objects.exclude(status="rejected"), *PhotoTemplate.objects.all()]
    return [sealing.open_template(face) for face in faces]


def rotate():
    out = StringIO()
    call_command("rotate_face_keys", stdout=out)
    return out.getvalue()


@pytest.fixture
def new_key(sealed, settings):
    settings.FACE_TEMPLATE_KEYS = [Fernet.generate_key().decode(), *settings.FACE_TEMPLATE_KEYS]
    return settings.FACE_TEMPLATE_KEYS[0]


def test_the_old_key_can_be_taken_out_afterwards(new_key, settings, student):
    before = read_all()
    for _ in range(2):
        assert rotate() == (
            "faces, encrypted with the first key: 1\nphotos, encrypted with the first key: 1\n"
        )
    settings.FACE_TEMPLATE_KEYS = [new_key]
    assert read_all() == before
    assert TemplateAccess.objects.filter(student=student, purpose="keys_rotated").count() == 2


def test_without_it_nothing_opens(new_key, settings):
    settings.FACE_TEMPLATE_KEYS = [new_key]
    with pytest.raises(Refusal):
        read_all()


def test_one_that_no_key_opens_stops_none_of_the_others(new_key, settings, classmate):
    FaceTemplate.objects.create(
        student=classmate,
        engine="fake",
        ciphertext=Fernet(Fernet.generate_key()).encrypt(b"lost"),
        consent_version="2027-01",
        status="approved",
        enrolled_at="2026-03-02T09:00Z",
    )
    for _ in range(2):
        with pytest.raises(CommandError, match="No key opens: faces of S2"):
            rotate()
    FaceTemplate.objects.filter(student=classmate).delete()
    settings.FACE_TEMPLATE_KEYS = [new_key]
    assert len(read_all()) == 2


def test_one_that_was_broken_off_is_finished_by_the_next(new_key, settings, monkeypatch):
    def breaks(ciphertext, done=[]):  # noqa: B006  # the list counts its calls
        done.append(ciphertext)
        if len(done) > 1:
            raise KeyboardInterrupt
        return sealing.resealed(ciphertext)

    with monkeypatch.context() as patch:
        patch.setattr("verification.services.faces.rotation.resealed", breaks)
        with pytest.raises(KeyboardInterrupt):
            rotate()
    assert len(read_all()) == 2
    rotate()
    settings.FACE_TEMPLATE_KEYS = [new_key]
    assert len(read_all()) == 2


def test_a_rejected_face_has_nothing_to_encrypt(new_key, teacher):
    face = FaceTemplate.objects.get()
    path = f"/api/v1/face/waiting/{face.pk}"
    signed_in(teacher).post(path, {"verdict": "reject"}, format="json")
    assert "faces, encrypted with the first key: 1" in rotate()
    face.refresh_from_db()
    assert bytes(face.ciphertext) == b""


def test_templates_are_encrypted(sealed):
    face, photo = read_all()
    rows = [FaceTemplate.objects.get(), PhotoTemplate.objects.get()]
    for row, template in zip(rows, (face, photo), strict=True):
        assert template.to_bytes() not in bytes(row.ciphertext)


def test_a_face_that_is_said_to_be_of_another_engine_does_not_open(sealed):
    FaceTemplate.objects.update(engine="opencv")
    with pytest.raises(Refusal) as caught:
        sealing.open_template(FaceTemplate.objects.get())
    assert caught.value.code == "template_unreadable"
