"""The level of a course and of its sessions: inherited, in the forms, and for older clients."""

from datetime import timedelta

import pytest

from conftest import NOW
from sessions_app import services
from sessions_app.models import Course, Session

API = "/api/v1"


def test_a_session_has_the_courses_level_or_its_own(course):
    later = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}
    course.level, course.face_one_in = "standard", 5
    course.save()
    own = services.create_session(course, **later)
    other = services.create_session(course, **later, level="room")
    assert (own.level, own.face_one_in) == ("standard", 5)
    assert other.level == "room"


def test_a_course_is_strict_unless_somebody_chose_otherwise():
    assert (Course().level, Course().face_one_in) == ("strict", 3)


@pytest.mark.parametrize(
    ("sent", "level", "face"),
    [
        ({"level": "standard"}, "standard", "required"),
        ({"level": "room"}, "room", "off"),
        ({"face": "required"}, "strict", "required"),
        ({"face": "preferred"}, "strict", "required"),
        ({"face": "off"}, "room", "off"),
        ({"face": "off", "level": "standard"}, "standard", "required"),
    ],
    ids=str,
)
def test_older_clients_say_it_by_the_face(api_as, teacher, session, sent, level, face):
    answer = api_as(teacher).patch(f"{API}/sessions/{session.pk}", sent, "json").json()
    assert (answer["level"], answer["face"]) == (level, face)
    assert Session.objects.get(pk=session.pk).level == level


@pytest.mark.parametrize("one_in", [1, 0, 21, -3, "many", None])
def test_the_lot_asks_at_most_every_second_and_at_least_every_twentieth(
    api_as, teacher, session, one_in
):
    body = {"face_one_in": one_in}
    assert api_as(teacher).patch(f"{API}/sessions/{session.pk}", body, "json").status_code == 400
    assert Session.objects.get(pk=session.pk).face_one_in == 3


def test_beside_each_level_stands_what_it_stops_and_lets_pass(client, teacher, course):
    course.face_one_in = 5
    course.save()
    client.force_login(teacher)
    html = client.get(f"/courses/{course.pk}/policy/").content.decode()
    assert html.count('name="level"') == 3
    assert html.count("Stops: ") == 3
    assert html.count("Lets pass: ") == 3
    assert '<span data-figure="one-in">5</span>' in html
    assert '<span data-figure="never">7</span> %' in html
    assert '<span data-figure="once">80</span> %' in html


@pytest.mark.parametrize("one_in", ["1", "21", "", "x"])
def test_a_number_that_the_lot_cannot_have_is_explained(client, teacher, course, one_in):
    client.force_login(teacher)
    body = {"level": "standard", "face_one_in": one_in, "bluetooth": "off", "qr_slot_s": "1"}
    answer = client.post(f"/courses/{course.pk}/policy/", body)
    assert answer.status_code == 400
    assert "face_one_in" in answer.context["form"].errors
    assert '<span data-figure="one-in">3</span>' in answer.content.decode()
