"""``manage.py import_photos``: whose photo is taken, what is stored of it, what is reported."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.services import give_consent, withdraw_consent
from attendance_project import clock
from lab.fake_engine import picture
from verification.domain.capture import HINT_WORDS
from verification.models import FaceTemplate, PhotoTemplate, TemplateAccess
from verification.services.faces import consent, photos, sealing
from verification.tests.support import enrol, face_of


@pytest.fixture(autouse=True)
def shown(settings, fake_engine):
    settings.FACE_ENROLMENT_PHOTO = "show"


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder, given their names and contents."""

    def write(**files):
        for name, data in files.items():
            (tmp_path / name.replace("_", ".")).write_bytes(data)
        return tmp_path

    return write


@pytest.fixture
def agreed(student):
    give_consent(student, "2027-01", now=clock.now())
    return student


def run(directory, *options):
    out = StringIO()
    call_command("import_photos", str(directory), *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_comes_first_and_writes_nothing(folder, agreed):
    said = run(folder(S1_jpg=picture("me")))
    assert "1 to keep" in said
    assert "Nothing was written" in said
    assert not PhotoTemplate.objects.exists()
    assert not TemplateAccess.objects.exists()


@pytest.mark.parametrize("name", ["S1_jpg", "s1_JPG", "S1_jpeg", "S1_PNG"])
def test_only_the_measured_face_is_kept_sealed_to_its_owner(folder, agreed, name):
    data = picture("me")
    assert "1 kept, 0 kept before" in run(folder(**{name: data}), "--apply")
    stored = PhotoTemplate.objects.get()
    assert (stored.student_id, stored.engine) == (agreed.pk, "fake")
    assert stored.consent_version == "2027-01"
    assert sealing.open_template(stored).vector == pytest.approx(face_of("me").vector)
    assert data not in bytes(stored.ciphertext)
    assert [a.purpose for a in TemplateAccess.objects.all()] == ["photo_made"]


def test_who_has_not_agreed_is_told_and_not_looked_at(folder, student, monkeypatch):
    monkeypatch.setattr("lab.fake_engine.FakeEngine.enrol", lambda *_: pytest.fail("looked at"))
    directory = folder(S1_jpg=picture("me"))
    for options in ((), ("--apply",)):
        said = run(directory, *options)
        assert "Student S1 (S1): has not agreed to face recognition" in said
        assert "1 without consent" in said
    assert not PhotoTemplate.objects.exists()


def test_a_later_run_takes_who_agreed_meanwhile_and_repeats_nothing(folder, student, classmate):
    directory = folder(S1_jpg=picture("me"), S2_jpg=picture("friend"))
    give_consent(classmate, "2027-01", now=clock.now())
    assert "1 kept, 0 kept before, 1 without consent" in run(directory, "--apply")
    first = PhotoTemplate.objects.get()
    give_consent(student, "2027-01", now=clock.now())
    assert "1 kept, 1 kept before, 0 without consent" in run(directory, "--apply")
    assert "0 kept, 2 kept before" in run(directory, "--apply")
    assert PhotoTemplate.objects.get(pk=first.pk).made_at == first.made_at


def test_a_newer_picture_takes_the_place_of_the_older(folder, agreed):
    run(folder(S1_jpg=picture("me")), "--apply")
    run(folder(S1_jpg=picture("me", grain=7)), "--apply")
    assert PhotoTemplate.objects.count() == 1
    assert TemplateAccess.objects.filter(purpose="photo_made").count() == 2


def test_another_engine_measures_the_same_picture_again(folder, agreed):
    directory = folder(S1_jpg=picture("me"))
    run(directory, "--apply")
    PhotoTemplate.objects.update(engine="older")
    assert "1 kept, 0 kept before" in run(directory, "--apply")
    assert PhotoTemplate.objects.get().engine == "fake"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (picture("me", faces=0), "no face was found"),
        (picture("me", faces=2), "more than one face"),
        (picture("me", eye_distance_px=10.0), "the face is too small"),
        (picture("me", sharpness=0.5), "blurred"),
        (picture("me", brightness=5.0), "too dark"),
        (picture("me", brightness=250.0), "too bright"),
        (picture("me", yaw=0.9), "the face is turned away"),
        (picture("me", visibility=1.0), "the face is covered"),
        (b"\xff\xd8\xff", "not a picture"),
        (b"", "not a picture"),
        (b"x" * 2_000_001, "larger than 2000000 bytes"),
    ],
)
def test_a_picture_that_is_not_usable_is_named_with_what_is_wrong(folder, agreed, data, fault):
    said = run(folder(S1_jpg=data), "--apply")
    assert "! S1.jpg: " in said
    assert fault in said
    assert "1 not usable" in said
    assert not PhotoTemplate.objects.exists()


def test_misses_are_named_each(folder, agreed, classmate, teacher):
    give_consent(classmate, "2027-01", now=clock.now())
    directory = folder(
        S1_jpg=picture("me"),
        S1_png=picture("me"),
        S404_jpg=picture("nobody"),
        T1_jpg=picture("teacher"),
        notes_txt=b"x",
    )
    (directory / "S2.jpg").mkdir()
    said = run(directory, "--apply")
    assert said.count("more than one file for this number") == 2
    assert "! S404.jpg: no active student has this number" in said
    assert "! T1.jpg: no active student has this number" in said
    assert "! notes.txt: not a JPEG or PNG file" in said
    assert "! Student S2 (S2): no photo" in said
    assert "files of nobody: 5, students without a photo: 1" in said
    assert not PhotoTemplate.objects.exists()


def test_who_has_left_is_nobody(folder, agreed):
    agreed.is_active = False
    agreed.save()
    assert "no active student" in run(folder(S1_jpg=picture("me")), "--apply")


def test_a_withdrawal_while_it_is_measured_leaves_nothing(folder, agreed, monkeypatch):
    store = PhotoTemplate.objects.update_or_create

    def withdrawn_just_before(**values):
        withdraw_consent(agreed, "2027-01", now=clock.now())
        return store(**values)

    monkeypatch.setattr(PhotoTemplate.objects, "update_or_create", withdrawn_just_before)
    assert "0 kept, 0 kept before, 1 without consent" in run(
        folder(S1_jpg=picture("me")), "--apply"
    )
    assert not PhotoTemplate.objects.exists()


def test_an_enrolment_that_waits_is_compared_with_a_photo_that_comes_later(folder, bare, course):
    enrol(bare, "me", consent_version="2027-01")
    assert FaceTemplate.objects.get().photo_match == ""
    run(folder(S1_jpg=picture("somebody else")), "--apply")
    assert FaceTemplate.objects.get().photo_match == "differs"
    run(folder(S1_jpg=picture("me")), "--apply")
    assert FaceTemplate.objects.get().photo_match == "matches"


def test_erasing_erases_the_photos_face_and_it_is_not_taken_again(folder, agreed):
    directory = folder(S1_jpg=picture("me"))
    run(directory, "--apply")
    consent.erase_face(agreed, by=agreed, now=clock.now())
    assert not PhotoTemplate.objects.exists()
    assert "1 without consent" in run(directory, "--apply")


def test_it_is_refused_where_nothing_would_be_compared(folder, agreed, settings):
    settings.FACE_ENROLMENT_PHOTO = "off"
    with pytest.raises(CommandError, match="FACE_ENROLMENT_PHOTO is off"):
        run(folder(S1_jpg=picture("me")))


@pytest.mark.parametrize("name", ["nowhere", "a_file"])
def test_a_folder_that_is_none_is_told(folder, db, name):
    directory = folder(a_file=b"x")
    with pytest.raises(CommandError):
        run(directory / name.replace("_", "."))


def test_every_fault_that_a_capture_can_have_has_words():
    assert set(photos.FAULTS) == set(HINT_WORDS)
