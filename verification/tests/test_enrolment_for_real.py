"""The guards of a face enrolment, with the real engine on real photographs."""

import random
from contextlib import ExitStack
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.services import give_consent
from attendance_project import clock
from lab.hostile import flat_png, scans_repeated
from lab.pictures import rendering
from verification import services
from verification.engines import get_engine, measuring
from verification.models import FaceTemplate, LookAlike, PhotoTemplate
from verification.queries import face_standing
from verification.tests.support import StudentPhone, enrol
from verification.tests.test_hostile_pictures import jpeg

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


@pytest.mark.parametrize("bomb", [flat_png(4096, 3072), scans_repeated(60), flat_png(2400, 1700)])
def test_pictures_that_would_keep_a_core_busy_are_refused_by_their_headers(student, course, bomb):
    answer = enrol(StudentPhone(student), [bomb] * 3, consent_version="2026-12")
    assert (answer.status_code, answer.json()["code"]) == (422, "image_too_costly")


def test_a_request_waits_for_the_engine_only_so_long(student, course, monkeypatch):
    monkeypatch.setattr(measuring, "MAX_WAIT_S", 0.01)
    pool, pictures = get_engine("opencv")._pool, [jpeg(640, 480)] * 3
    phone = StudentPhone(student)
    with ExitStack() as lent:
        for _ in range(measuring.NETWORK_SETS):
            lent.enter_context(pool.lend())
        answer = enrol(phone, pictures, consent_version="2026-12")
    assert (answer.status_code, answer.json()["code"]) == (503, "face_check_busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert enrol(phone, pictures, consent_version="2026-12").status_code == 200


def test_who_is_on_no_course_makes_no_work(outsider):
    answer = enrol(StudentPhone(outsider), [jpeg(640, 480)] * 3, consent_version="2026-12")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_course")
