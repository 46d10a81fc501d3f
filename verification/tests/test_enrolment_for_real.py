"""The guards of a face enrolment, with the real engine on real photographs."""

import random
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.services import give_consent
from attendance_project import clock
from lab.pictures import rendering
from verification import services
from verification.engines import get_engine
from verification.models import FaceTemplate, LookAlike, PhotoTemplate
from verification.queries import face_standing

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def real(settings):
    settings.FACE_ENGINE = "opencv"
    settings.FACE_ENROLMENT_PHOTO = "require"


@pytest.fixture
def enrolled(photographs, student, classmate, course):
    def make(who, person, photo):
        now = clock.now()
        give_consent(person, "2026-12", now=now)
        frames = rendering.render_enrolment(photographs[who][photo], random.Random(4), count=3)
        return services.enrol_face(person, frames=frames, now=now).template

    return make


def import_photo(folder, person, picture):
    give_consent(person, "2026-12", now=clock.now())
    (folder / f"{person.institution_number}.jpg").write_bytes(picture)
    out = StringIO()
    call_command("import_photos", str(folder), "--apply", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(("who", "match"), [("obama", "matches"), ("biden", "differs")])
def test_a_face_is_told_from_another_by_the_photo(
    enrolled, student, photographs, tmp_path, who, match
):
    assert "1 kept" in import_photo(tmp_path, student, photographs["obama"][0])
    assert PhotoTemplate.objects.get().engine == get_engine("opencv").name
    assert enrolled(who, student, -1).photo_match == match


def test_one_person_under_two_accounts_is_found_and_two_people_are_not(
    enrolled, student, classmate
):
    first = enrolled("obama", classmate, 0)
    assert enrolled("biden", student, 0).compared_with == 1
    assert not LookAlike.objects.exists()
    again = enrolled("obama", student, 1)
    assert [(p.template_id, p.other_id) for p in LookAlike.objects.all()] == [(again.pk, first.pk)]


def test_a_fresh_face_needs_no_renewal(enrolled, student):
    enrolled("obama", student, 0)
    assert face_standing(student).faces[0].needs_renewal is False


def test_a_photo_without_a_face_is_named(student, tmp_path, jpeg_of):
    said = import_photo(tmp_path, student, jpeg_of(640, 480))
    assert "! S1.jpg: no face was found" in said
    said = import_photo(tmp_path, student, jpeg_of(640, 480)[:200])
    assert "! S1.jpg: not a complete JPEG or PNG" in said
    assert not FaceTemplate.objects.exists()
