"""A websocket that is open ends with the log-in by which it was opened."""

import json
import socket
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from attendance_project.tests.patience import PATIENCE_S

CHOSEN = "a quiet blue lamp"


def closes(socket) -> int | None:
    """The code with which the server closes it, after what it still sends."""
    try:
        while True:
            socket.recv(timeout=PATIENCE_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def log_out(browser, teacher):
    browser.form("/logout/", {}, page="/account/")


def change_password(browser, teacher):
    teacher.set_password(CHOSEN)
    teacher.save()


def deactivate(browser, teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)


def lose_the_role(browser, teacher):
    User.objects.filter(pk=teacher.pk).update(role="student")


@pytest.mark.parametrize("change", [log_out, change_password, deactivate, lose_the_role])
def test_a_socket_ends_with_the_log_in(come, teacher, open_session, change):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        assert socket.recv(timeout=PATIENCE_S)
        change(browser, teacher)
        assert closes(socket) == 4404


@pytest.mark.parametrize("who", ["nobody", "student", "colleague"])
def test_a_socket_opens_for_nobody_else(come, student, colleague, open_session, who):
    browser = come()
    if who != "nobody":
        browser.log_in({"student": student, "colleague": colleague}[who].email)
    with pytest.raises(InvalidStatus):
        browser.watch(open_session.pk)


def test_another_sites_page_opens_no_socket(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    with pytest.raises(InvalidStatus):
        browser.watch(open_session.pk, origin="https://evil.test")


def test_a_watcher_who_sends_megabytes_is_cut_off(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        socket.send("x" * 70_000)  # nothing that a watcher sends is read
        assert socket.recv(timeout=PATIENCE_S)
        socket.send("x" * 2_000_000)
        assert closes(socket) is None


# --- floods ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    ["{", "[" * 50_000, '{"type": "session.event"}', "null", b"\xff\xfe", b"\0" * 1000, ""],
    ids=lambda sent: repr(sent)[:12],
)
def test_nothing_that_a_watcher_sends_is_read(come, teacher, open_session, sent):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        for _ in range(50):
            socket.send(sent)
        kinds = {json.loads(socket.recv(timeout=PATIENCE_S))["type"] for _ in range(2)}
    assert kinds <= {"code", "register", "beat", "event"}


def test_a_watcher_who_reads_nothing_keeps_nobody_waiting(come, teacher, open_session):
    """Many sockets of one person, none of which is read, and one beside them that is."""
    browser = come()
    browser.log_in(teacher.email)
    with ExitStack() as deaf:
        for _ in range(30):
            deaf.enter_context(plain_socket(browser, open_session.pk))
        with browser.watch(open_session.pk) as socket:
            assert socket.recv(timeout=PATIENCE_S)
        assert come().get("/login/").status_code == 200


def plain_socket(browser, session) -> socket.socket:
    """A connection that asks to become a websocket of the watchers, and reads nothing of it."""
    address = browser.http.base_url
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    line = socket.create_connection((address.host, address.port), PATIENCE_S)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    line.sendall(
        (
            f"GET /ws/sessions/{session}/ HTTP/1.1\r\nHost: {address.host}\r\n"
            f"Origin: {browser.server.url}\r\nCookie: {cookies}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()
    )
    return line


def test_frames_without_end_are_cut_off(come, teacher, open_session):
    """A message in parts, each of which is small, and none of which is the last."""
    browser = come()
    browser.log_in(teacher.email)

    def parts():
        while True:
            yield "x" * 60_000

    with browser.watch(open_session.pk) as socket:
        with pytest.raises(ConnectionClosed):
            socket.send(parts())
        assert closes(socket) is None
    assert come().get("/login/").status_code == 200


@pytest.mark.parametrize("origin", ["null", "https://localhost.evil.test", "file://", "x"])
def test_an_odd_origin_opens_no_socket(come, teacher, open_session, origin):
    browser = come()
    browser.log_in(teacher.email)
    with pytest.raises(InvalidStatus):
        browser.watch(open_session.pk, origin=origin)
