"""Phones, faces and warnings of two accounts that are merged, and separate again."""

import pytest

from accounts.models import Device
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests import world
from attendance_project.tests.merging import merge, undo
from verification.engines.base import Template
from verification.models import FaceTemplate, PhotoTemplate, TemplateAccess, Warning
from verification.services import erase_face
from verification.services.consequences import strikes_of
from verification.services.faces import sealing


def device(user, status) -> Device:
    return Device.objects.create(
        user=user,
        jkt=f"{user.institution_number}-{status}",
        public_jwk={},
        status=status,
        registered_at=clock.now(),
    )


def test_phones_follow_and_one_is_active(student, twin):
    mine, others = device(student, "active"), device(twin, "active")
    row = merge(student, twin)
    found = {d.pk: (d.user, d.status) for d in Device.objects.all()}
    assert found == {mine.pk: (student, "active"), others.pk: (student, "revoked")}
    undo(row)
    found = {d.pk: (d.user, d.status) for d in Device.objects.all()}
    assert found == {mine.pk: (student, "active"), others.pk: (twin, "active")}


def test_an_only_phone_stays_active_in_the_kept_account(student, twin):
    others = device(twin, "active")
    merge(student, twin)
    others.refresh_from_db()
    assert (others.user, others.status) == (student, "active")


def face(user, status="approved") -> FaceTemplate:
    template = Template(engine="fake", vector=(0.1, 0.2))
    return FaceTemplate.objects.create(
        student=user,
        engine="fake",
        ciphertext=sealing.seal_template(user.pk, sealing.FACE, template),
        consent_version="1",
        status=status,
        enrolled_at=clock.now(),
    )


def test_a_face_follows_and_opens_for_its_new_owner_only(student, twin):
    row = face(twin)
    done = merge(student, twin)
    row.refresh_from_db()
    assert row.student == student
    assert sealing.open_template(row).engine == "fake"
    assert TemplateAccess.objects.get(student=student).purpose == "merged"
    row.student_id = twin.pk
    with pytest.raises(Refusal):
        sealing.open_template(row)
    undo(done)
    row.refresh_from_db()
    assert row.student == twin
    assert sealing.open_template(row).engine == "fake"


@pytest.mark.parametrize("status", ["approved", "waiting"])
def test_a_second_face_follows_as_replaced_and_counts_again_when_it_is_undone(
    student, twin, status
):
    mine, others = face(student, status), face(twin, status)
    row = merge(student, twin)
    assert faces() == {mine.pk: (student, status), others.pk: (student, "replaced")}
    assert sealing.open_template(FaceTemplate.objects.get(pk=others.pk)).engine == "fake"
    undo(row)
    assert faces() == {mine.pk: (student, status), others.pk: (twin, status)}


def faces() -> dict:
    return {row.pk: (row.student, row.status) for row in FaceTemplate.objects.all()}


def photo(user) -> PhotoTemplate:
    template = Template(engine="fake", vector=(0.1, 0.2))
    return PhotoTemplate.objects.create(
        student=user,
        engine="fake",
        ciphertext=sealing.seal_template(user.pk, sealing.PHOTO, template),
        consent_version="1",
        file_digest="digest",
        made_at=clock.now(),
    )


def photos() -> dict:
    """Whose each photo is, and whether it counts. All can be opened."""
    rows = PhotoTemplate.objects.select_related("student")
    assert all(sealing.open_template(row).engine == "fake" for row in rows)
    return {row.pk: (row.student, row.from_merge == "") for row in rows}


def test_an_only_photo_of_the_institution_follows_and_counts(student, twin):
    others = photo(twin)
    row = merge(student, twin)
    assert photos() == {others.pk: (student, True)}
    undo(row)
    assert photos() == {others.pk: (twin, True)}


def test_a_second_photo_follows_counts_nowhere_and_goes_back(student, twin, classmate):
    mine, others = photo(student), photo(twin)
    first = merge(student, twin)
    assert photos() == {mine.pk: (student, True), others.pk: (student, False)}
    assert list(PhotoTemplate.objects.that_count()) == [mine]
    third = photo(classmate)
    second = merge(classmate, student)
    assert photos() == {
        mine.pk: (classmate, False),
        others.pk: (classmate, False),
        third.pk: (classmate, True),
    }
    undo(second)
    undo(first)
    assert photos() == {
        mine.pk: (student, True),
        others.pk: (twin, True),
        third.pk: (classmate, True),
    }


def test_a_second_photo_is_erased_with_the_face_of_the_kept_account(student, twin):
    for person in (student, twin):
        photo(person)
    merge(student, twin)
    erase_face(student, by=None, now=clock.now())
    assert not PhotoTemplate.objects.exists()


def test_a_second_warning_of_one_session_follows_and_is_no_further_strike(
    student, twin, open_session
):
    mine, others = (
        world._warning(world._decision(open_session, person)) for person in (student, twin)
    )
    row = merge(student, twin)
    assert set(Warning.objects.filter(student=student)) == {mine, others}
    assert strikes_of(student) == 1
    undo(row)
    others.refresh_from_db()
    assert (others.student, others.from_merge) == (twin, "")
    assert strikes_of(student) == strikes_of(twin) == 1
