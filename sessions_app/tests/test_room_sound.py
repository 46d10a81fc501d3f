"""What the teacher's page plays, and the worker that may do what no page may."""

import time

import pytest

import sessions_app.services as teaching
from attendance_project import clock
from attendance_project.csp import STRICT
from attendance_project.tests.page_client import PageClient
from beacon.protocol import slot_at, sound_payload


@pytest.fixture
def desk(teacher):
    client = PageClient()
    client.force_login(teacher)
    return client


def address(session):
    return f"/sessions/{session.pk}/live/sound"


def test_the_teachers_page_is_told_what_this_slot_says_and_nothing_else(desk, open_session):
    before = slot_at(time.time())
    answer = desk.get(address(open_session))
    said = [
        sound_payload(teaching.beacon_key(open_session), slot).hex()
        for slot in (before, slot_at(time.time()))
    ]
    assert answer.json()["payload"] in said
    assert list(answer.json()) == ["payload"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_before_and_after_a_session_there_is_nothing_to_play(desk, session, teacher):
    for _ in range(2):
        answer = desk.get(address(session))
        assert (answer.status_code, answer.json()["code"]) == (409, "session_not_open")
        _open_and_close(session, teacher)


def _open_and_close(session, teacher):
    teaching.open_session(session, by=teacher, now=clock.now())
    session.refresh_from_db()
    teaching.close_session(session, by=teacher, now=clock.now())
    session.refresh_from_db()


def test_the_worker_alone_may_make_functions_from_text_and_reaches_no_server(desk):
    answer = desk.get("/sound/worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    policy = answer.headers["Content-Security-Policy"]
    assert "'unsafe-eval'" in policy
    assert "default-src 'none'" in policy
    assert "connect-src data:" in policy
    assert "unsafe-eval" not in STRICT
    assert "worker-src 'self'" in STRICT


def test_no_page_is_served_with_the_workers_policy(desk, open_session):
    for path in (f"/sessions/{open_session.pk}/live/", "/", "/student/"):
        policy = desk.get(path).headers["Content-Security-Policy"]
        assert "'unsafe-eval'" not in policy
        assert "worker-src 'self'" in policy
