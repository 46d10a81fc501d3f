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
from verification.domain.challenge import Challenge, Prompt
from verification.engines import get_engine, network_sets
from verification.models import FaceTemplate, LookAlike, PhotoTemplate
from verification.queries import face_standing
from verification.tests.support import FILMS_MOST, StudentPhone, enrol
from verification.tests.test_hostile_pictures import jpeg

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture(autouse=True)
def real(settings):
    settings.FACE_ENGINE = "opencv"
    settings.FACE_ENROLMENT_PHOTO = "require"


AGREED = {"consent_version": "2027-01"}


def film_of(photograph):
    """Somebody who follows the challenge, as drawn from a photograph of theirs."""
    return lambda challenge: rendering.render_burst(photograph, challenge, rng=random.Random(4))


def repeated(picture, count=3):
    """A burst of one file, sent at the first moments that are asked for."""
    return lambda challenge: [(at_s, picture) for at_s in challenge.pictures_s[:count]]


@pytest.fixture
def enrolled(photographs, student, classmate, course):
    phones = {person: StudentPhone(person) for person in (student, classmate)}

    def make(who, person, photo):
        """A drawn film lacks a move now and then, and then another one is sent."""
        for _film in range(FILMS_MOST):
            answer = enrol(phones[person], film_of(photographs[who][photo]), **AGREED)
            if answer.json().get("reasons") != ["moves_not_seen"]:
                break
        assert answer.status_code == 201, answer.json()
        return FaceTemplate.objects.get(student=person, status="waiting")

    return make


def import_photo(folder, person, picture):
    give_consent(person, "2027-01", now=clock.now())
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


def a_still(photograph, challenge, rng):
    return rendering.render_still(photograph, challenge, rng=rng)


def a_still_file(photograph, challenge, rng):
    return repeated(rendering.to_jpeg(rendering.picture_of(photograph)), 12)(challenge)


def a_moved_print(photograph, challenge, rng):
    return rendering.render_moved_photo(photograph, challenge, rng=rng)


def an_earlier_film(photograph, challenge, rng):
    """The moves come in the opposite order. A film of any other challenge may fit by chance."""
    pairs = zip(challenge.prompts, reversed(challenge.prompts), strict=True)
    prompts = tuple(Prompt(other.move, asked.start_s, asked.end_s) for asked, other in pairs)
    earlier = Challenge(prompts, challenge.duration_s)
    return rendering.render_burst(photograph, challenge, rng=rng, follows=earlier)


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (a_still, "moves_not_seen"),
        (a_still_file, "picture_frozen"),
        (a_moved_print, "moves_not_seen"),
        (an_earlier_film, "moves_not_seen"),
    ],
)
def test_who_is_not_there_enrols_nobody(student, course, photographs, attack, reason):
    def film(challenge):
        return attack(photographs["obama"][0], challenge, random.Random(5))

    answer = enrol(StudentPhone(student), film, **AGREED)
    assert (answer.status_code, answer.json()["status"]) == (200, "not_enrolled")
    assert reason in answer.json()["reasons"]
    assert not FaceTemplate.objects.exists()


def test_two_people_are_not_enrolled(student, course, photographs):
    obama, biden = photographs["obama"][0], photographs["biden"][0]

    def together(challenge):
        return rendering.render_two_people(obama, biden, challenge, rng=random.Random(5))

    answer = enrol(StudentPhone(student), together, **AGREED)
    assert "face_several" in answer.json()["reasons"]
    assert not FaceTemplate.objects.exists()


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
    answer = enrol(StudentPhone(student), repeated(bomb), **AGREED)
    assert (answer.status_code, answer.json()["code"]) == (422, "image_too_costly")


def test_a_request_waits_for_the_engine_only_so_long(student, course, monkeypatch):
    monkeypatch.setattr(network_sets, "MAX_WAIT_S", 0.01)
    pool, nobody = get_engine("opencv")._pool, repeated(jpeg(640, 480))
    phone = StudentPhone(student)
    with ExitStack() as lent:
        for _ in range(network_sets.NETWORK_SETS):
            lent.enter_context(pool.lend())
        answer = enrol(phone, nobody, **AGREED)
    assert (answer.status_code, answer.json()["code"]) == (503, "face_check_busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert enrol(phone, nobody, **AGREED).status_code == 200


def test_who_is_on_no_course_makes_no_work(outsider):
    answer = enrol(StudentPhone(outsider), repeated(jpeg(640, 480)), **AGREED)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_course")
