"""A picture of an enrolment for who approves it: on its own consent, once, and in memory only."""

import base64
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from PIL import Image

from accounts.models import ConsentEvent
from accounts.services.consent import withdraw_all_consent
from accounts.tests.phone import signed_in
from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import NOW
from verification import services
from verification.engines.base import Template
from verification.engines.images import read_image, small_jpeg
from verification.models import FaceTemplate, PhotoTemplate, TemplateAccess
from verification.services.faces import sealing
from verification.services.faces.picture_memory import HeldPicture, PictureMemory
from verification.tests.support import SEEN, enrol, enrolment_pictures, face_of
from verification.tests.test_photo_match import keep_photo

AGREED = {"consent_version": "2027-01", "picture_consent_version": "2026-12-15min"}
PICTURE = "face_picture"


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """An empty memory, as that of a server that was just started."""
    empty = PictureMemory()
    for module in ("pictures", "consent"):
        monkeypatch.setattr(f"verification.services.faces.{module}.MEMORY", empty)
    return empty


@pytest.fixture
def face(bare):
    """An enrolment that waits, of a student who agreed to show a picture of it."""
    return enrolled(bare)


def enrolled(phone, **versions):
    assert enrol(phone, "me", **(versions or AGREED)).status_code == 201
    return FaceTemplate.objects.get(status="waiting")


def ask(client, by, face, **headers):
    client.force_login(by)
    return client.post(f"/faces/{face.pk}/picture/", headers=headers)


def picture_in(answer):
    """The JPEG in the page, or None."""
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', answer.content.decode())
    return base64.b64decode(found[1]) if found else None


def is_refused(client, by, face):
    answer = ask(client, by, face)
    assert answer.status_code == 302
    said = client.get(answer.headers["Location"]).content.decode()
    return "no picture of this enrolment any more. Compare in person" in said


def shown_to(student):
    log = TemplateAccess.objects.filter(student=student, purpose="picture_shown")
    return list(log.values_list("actor_id", flat=True))


# --- what is shown, and to whom -------------------------------------------------------


@pytest.mark.parametrize("role", ["teacher", "admin_user"])
def test_who_may_approve_sees_it_and_the_student_reads_of_it(face, bare, client, role, request):
    approver = request.getfixturevalue(role)
    client.force_login(approver)
    assert f"/faces/{face.pk}/picture/" in client.get("/approvals/").content.decode()
    answer = ask(client, approver, face)
    assert Image.open(BytesIO(picture_in(answer))).format == "JPEG"
    assert "no-store" in answer.headers["Cache-Control"]
    assert shown_to(face.student) == [approver.pk]
    newest = bare.get("/face/accesses").json()["results"][0]
    assert (newest["purpose"], newest["by"]) == ("picture_shown", approver.full_name)


def test_it_is_shown_once_to_whoever_asks_first(face, client, teacher, admin_user):
    assert picture_in(ask(client, teacher, face))
    assert is_refused(client, teacher, face)
    assert is_refused(client, admin_user, face)
    assert shown_to(face.student) == [teacher.pk]
    client.force_login(teacher)
    assert "/picture/" not in client.get("/approvals/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_one_sees_it(face, teacher):
    def one(_):
        try:
            return services.show_picture(face, by=teacher, now=clock.now())
        except Refusal:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        seen = [jpeg for jpeg in pool.map(one, range(8)) if jpeg]
    assert (len(seen), shown_to(face.student)) == (1, [teacher.pk])


def test_a_teacher_of_others_and_students_never_see_it(
    face, client, teacher, colleague, student, classmate
):
    assert ask(client, colleague, face).status_code == 404
    for who in (student, classmate):
        assert ask(client, who, face).status_code == 403
    client.logout()
    assert "login" in client.post(f"/faces/{face.pk}/picture/").headers["Location"]
    assert client.get(f"/faces/{face.pk}/picture/").status_code == 405
    assert shown_to(student) == []
    assert picture_in(ask(client, teacher, face))


def test_no_call_of_the_api_answers_it(face, teacher):
    listed = signed_in(teacher).get("/api/v1/face/waiting")
    assert "/9j/" not in listed.content.decode()
    assert "picture" not in listed.content.decode()


def test_the_page_says_what_the_face_was_compared_with(bare, friend, client, teacher):
    enrolled(bare)
    client.force_login(teacher)
    assert "Compared with the face of 1 classmate." in client.get("/approvals/").content.decode()


# --- when there is none ---------------------------------------------------------------


def test_without_the_second_consent_none_is_made(bare, course, client, teacher, memory):
    face = enrolled(bare, consent_version="2027-01")
    assert memory.take(face.pk) is None
    assert is_refused(client, teacher, face)


def test_where_the_institution_shows_none_nobody_can_agree(bare, course, settings, memory):
    settings.FACE_PICTURE_MINUTES = 0
    assert [text["purpose"] for text in bare.get("/face/consent").json()] == ["face_recognition"]
    versions = {"consent_version": "2027-01", "picture_consent_version": "2026-12-0min"}
    answer = enrol(bare, "me", **versions)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_picture_shown")
    assert memory.take(enrolled(bare, consent_version="2027-01").pk) is None


@pytest.mark.parametrize(("minutes", "is_there"), [(14, True), (15, False), (600, False)])
def test_after_the_minutes_it_is_gone(face, teacher, minutes, is_there):
    later = face.enrolled_at + timedelta(minutes=minutes)
    assert services.pictures_held([face.pk], now=later) == ({face.pk} if is_there else set())
    if is_there:
        assert services.show_picture(face, by=teacher, now=later)
    else:
        with pytest.raises(Refusal) as caught:
            services.show_picture(face, by=teacher, now=later)
        assert caught.value.code == "picture_gone"


TAKEN_BACK = {
    "withdrawn": lambda phone: phone.post(
        "/face/consent", {"action": "withdraw", "purpose": PICTURE}
    ),
    "declined": lambda phone: phone.post(
        "/face/consent", {"action": "decline", "purpose": PICTURE}
    ),
    "face withdrawn": lambda phone: phone.post("/face/consent", {"action": "withdraw"}),
    "face declined": lambda phone: phone.post("/face/consent", {"action": "decline"}),
    "erased": lambda phone: phone.delete("/face"),
    "not me": lambda phone: phone.post("/face/not-me"),
}


@pytest.mark.parametrize("way", TAKEN_BACK)
def test_it_goes_at_once_when_it_is_taken_back(face, bare, memory, way):
    assert TAKEN_BACK[way](bare).status_code in (200, 204)
    assert memory.take(face.pk) is None


@pytest.mark.parametrize("way", TAKEN_BACK)
def test_another_process_that_holds_it_still_shows_it_to_nobody(
    face, bare, memory, client, teacher, monkeypatch, way
):
    """The student's call comes to a process of which the memory is empty."""
    with monkeypatch.context() as other:
        for module in ("pictures", "consent"):
            other.setattr(f"verification.services.faces.{module}.MEMORY", PictureMemory())
        TAKEN_BACK[way](bare)
    assert memory.held([face.pk], now=clock.now())
    with pytest.raises(Refusal, match="no picture of this enrolment"):
        services.show_picture(face, by=teacher, now=clock.now())
    assert memory.take(face.pk) is None


def test_agreeing_again_does_not_bring_an_older_picture_back(face, bare, memory, teacher):
    [held] = [memory.take(face.pk)]
    bare.post("/face/consent", {"action": "withdraw", "purpose": PICTURE})
    agree = {"action": "give", "version": "2026-12-15min", "purpose": PICTURE}
    assert bare.post("/face/consent", agree).status_code == 200
    memory.hold(held, seconds=900)  # as another process holds it that heard of neither
    with pytest.raises(Refusal, match="no picture of this enrolment"):
        services.show_picture(face, by=teacher, now=clock.now())


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_it_goes_with_the_verdict(face, teacher, memory, verdict):
    path = f"/api/v1/face/waiting/{face.pk}"
    answer = signed_in(teacher).post(path, {"verdict": verdict, "note": SEEN}, format="json")
    assert answer.status_code == 200
    assert memory.take(face.pk) is None


def test_enrolling_again_takes_the_place_of_it(face, bare, memory, client, teacher):
    again = enrolled(bare)
    assert memory.take(face.pk) is None
    assert ask(client, teacher, face).status_code == 404
    assert picture_in(ask(client, teacher, again))


def test_another_process_has_none_and_says_so(face, memory, client, teacher, monkeypatch):
    monkeypatch.setattr("verification.services.faces.pictures.MEMORY", PictureMemory())
    assert is_refused(client, teacher, face)
    assert memory.held([face.pk], now=clock.now())


# --- the memory -----------------------------------------------------------------------


def held(template=None, student=None):
    until = NOW + timedelta(minutes=15)
    return HeldPicture(template or uuid4(), student or uuid4(), uuid4(), b"jpeg", until)


def test_nobody_needs_to_ask_for_it_to_go():
    memory, late, soon = PictureMemory(), held(), held()
    memory.hold(late, seconds=600)
    memory.hold(soon, seconds=0.01)
    memory.hold(held(), seconds=0.02)
    both = [late.template_id, soon.template_id]
    ends = time.monotonic() + 60
    while len(memory.held(both, now=NOW)) > 1 and time.monotonic() < ends:
        time.sleep(0.01)
    assert memory.take(soon.template_id) is None
    assert memory.take(late.template_id) == late


def test_a_student_has_one_and_the_oldest_of_too_many_goes():
    memory, student = PictureMemory(most=3), uuid4()
    first, *others = [held(student=student), held(student=student), held(), held(), held()]
    for picture in (first, *others):
        memory.hold(picture, seconds=600)
    left = memory.held([p.template_id for p in (first, *others)], now=NOW)
    assert left == {p.template_id for p in others[1:]}


def test_it_is_in_no_row_of_the_database(face, memory):
    """Whatever the table: no field holds the picture, nor what its student filmed."""
    jpeg = memory.take(face.pk).jpeg
    traces = [jpeg[-60:], base64.b64encode(jpeg)[-80:-20], enrolment_pictures("me")[0]]
    for model in apps.get_models():
        names = [f.attname for f in model._meta.concrete_fields]
        for row in model.objects.values_list(*names):
            text = b"\0".join(bytes(v) if isinstance(v, bytes) else repr(v).encode() for v in row)
            assert not any(trace in text for trace in traces), model


def test_what_is_shown_is_small_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = BytesIO()
    Image.new("RGB", (1280, 960), "grey").save(file, "JPEG", exif=exif)
    assert b"taken at home" in file.getvalue()
    shown = small_jpeg(read_image(file.getvalue()))
    assert Image.open(BytesIO(shown)).size == (480, 360)
    assert b"taken at home" not in shown


# --- another engine -------------------------------------------------------------------


def made_by_another_engine(face):
    """The state after FACE_ENGINE was changed."""
    sealed = sealing.seal_template(face.student_id, sealing.FACE, Template("older", (0.6, 0.8)))
    FaceTemplate.objects.filter(pk=face.pk).update(engine="older", ciphertext=sealed)


def outdated():
    out = StringIO()
    call_command("outdated_faces", stdout=out)
    return out.getvalue()


def test_a_face_of_another_engine_is_never_compared(phone, open_session):
    made_by_another_engine(FaceTemplate.objects.get())
    answer = phone.check_in(open_session)
    assert "face_enrol_again" in {reason["code"] for reason in answer["reasons"]}
    assert phone.get("/face").json()["faces"][0]["needs_renewal"] is True


def test_who_has_to_enrol_again_is_named_and_photos_are_counted(phone, student):
    assert outdated() == "Faces of another engine: 0. Their students enrol again.\n"
    made_by_another_engine(FaceTemplate.objects.get())
    photo = keep_photo(student, face_of("me"))
    PhotoTemplate.objects.filter(pk=photo.pk).update(engine="older")
    assert outdated() == (
        "Student S1 (S1) (approved)\nFaces of another engine: 1. Their students enrol again.\n"
        "Photos of another engine: 1. Run import_photos again.\n"
    )


def test_the_consent_of_a_picture_is_withdrawn_with_all_others(face, student):
    withdraw_all_consent(student, now=clock.now())
    latest = ConsentEvent.objects.filter(user=student, purpose=PICTURE).order_by("-at").first()
    assert latest.action == "withdrawn"
