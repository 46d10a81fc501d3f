"""A websocket that is open ends with the log-in by which it was opened."""

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import BinaryIO

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from attendance_project.tests.patience import PATIENCE_S
from attendance_project.websockets import MOST_FRAMES, TOO_MANY_FRAMES
from sessions_app.consumers import MOST_OF_ONE

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


OTHER_SITES = {
    "another host": "https://evil.test",
    "another port of this host": "http://localhost:9999",
    "no port": "http://localhost",
    "another scheme": "https://localhost:PORT",
    "a name that begins like ours": "http://localhost:PORT.evil.test",
    "a person before the host": "http://evil@localhost:PORT",
    "a path": "http://localhost:PORT/evil",
    "nowhere": "null",
}


@pytest.mark.parametrize("origin", OTHER_SITES.values(), ids=OTHER_SITES)
def test_another_sites_page_opens_no_socket(come, teacher, open_session, origin):
    browser = come()
    browser.log_in(teacher.email)
    with pytest.raises(InvalidStatus) as refused:
        browser.watch(open_session.pk, origin=origin.replace("PORT", str(browser.server.port)))
    assert refused.value.response.status_code in (400, 403)  # 400 is autobahn's own


def test_a_watcher_who_sends_long_messages_is_cut_off(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        socket.send("x" * 60_000)  # nothing that a watcher sends is read
        assert socket.recv(timeout=PATIENCE_S)
        socket.send("x" * 70_000)
        assert closes(socket) is None


# --- crowds ---------------------------------------------------------------------------


@pytest.mark.once
def test_each_of_500_handshakes_at_once_gets_an_answer(come, teacher, colleague, open_session):
    """Some were cut off without a word, when the server was late."""
    browser, other = come(), come()
    browser.log_in(teacher.email)
    other.log_in(colleague.email)
    with ExitStack() as lines:
        crowd = [lines.enter_context(plain_socket(browser, open_session.pk)) for _ in range(500)]
        with pytest.raises(InvalidStatus) as refused:
            other.watch(open_session.pk)
        answers = Counter(first_line(line).split()[1] for line in crowd)
    assert refused.value.response.status_code == 403
    assert answers.total() == 500
    assert answers.keys() <= {b"101", b"403", b"503"}
    assert 0 < answers[b"101"] <= MOST_OF_ONE
    assert answers[b"503"] > 0


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


def plain_socket(browser, session, *, head: str = "", after: bytes = b"") -> socket.socket:
    """A connection that asks to become a websocket of the watchers, and reads nothing of it.

    ``head`` are further lines of the head, and ``after`` is sent together with it.
    """
    address = browser.http.base_url
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    line = socket.create_connection((address.host, address.port), PATIENCE_S)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    line.sendall(
        (
            f"GET /ws/sessions/{session}/ HTTP/1.1\r\nHost: {address.host}\r\n"
            f"Origin: {browser.server.url}\r\nCookie: {cookies}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{head}\r\n"
        ).encode()
        + after
    )
    return line


def first_line(line: socket.socket) -> bytes:
    with line.makefile("rb") as incoming:
        return incoming.readline()


def frame(opcode: int, *, is_last: bool = True) -> bytes:
    """An empty frame of a client."""
    return bytes([opcode | (0x80 if is_last else 0), 0x80]) + bytes(4)


PING, PONG, CLOSE, TEXT, NEXT = frame(9), frame(10), frame(8), frame(1), frame(0, is_last=False)
FIRST = frame(1, is_last=False)


def open_line(browser, session, **more) -> tuple[socket.socket, BinaryIO]:
    """A plain websocket that is open, and what comes over it."""
    line = plain_socket(browser, session, **more)
    incoming = line.makefile("rb")
    assert incoming.readline().startswith(b"HTTP/1.1 101")
    while incoming.readline() != b"\r\n":
        pass
    return line, incoming


def frames_of(incoming: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The opcode and the content of each frame that the server sends until the end."""
    with suppress(ConnectionError):
        while begin := incoming.read(2):
            length = begin[1]
            if length == 126:
                length = int.from_bytes(incoming.read(2))
            yield begin[0] & 0x0F, incoming.read(length)


@pytest.mark.once
@pytest.mark.parametrize(
    "flood",
    [PING * 20_000, PONG * 20_000, TEXT * 20_000, FIRST + NEXT * 20_000],
    ids=["pings", "pongs", "messages", "parts"],
)
def test_a_flood_of_frames_is_not_worked_off(come, teacher, open_session, flood):
    browser, other = come(), come()
    browser.log_in(teacher.email)
    line, incoming = open_line(browser, open_session.pk)
    with line, incoming:
        line.sendall(flood + CLOSE)
        frames = list(frames_of(incoming))
    assert other.get("/login/").status_code == 200
    assert frames[-1] == (8, TOO_MANY_FRAMES.to_bytes(2) + b"too many frames")
    # A second of a busy machine lets a few more be answered.
    assert [opcode for opcode, _ in frames].count(10) < 10 * MOST_FRAMES


def test_a_page_that_answers_pings_stays(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    line, incoming = open_line(browser, open_session.pk)
    with line, incoming:
        line.sendall(PING * (MOST_FRAMES - 1) + CLOSE)
        frames = list(frames_of(incoming))
    assert [opcode for opcode, _ in frames].count(10) == MOST_FRAMES - 1
    assert frames[-1][0] == 8


def test_the_body_of_a_handshake_is_not_taken_for_frames(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    body = CLOSE * 100_000
    head = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n"
    line, incoming = open_line(browser, open_session.pk, head=head, after=body)
    with line, incoming:
        assert next(frames_of(incoming))[0] == 1


@pytest.mark.once
def test_hundreds_of_handshakes_are_answered_each(come, teacher, open_session):
    """They wait for each other and not for the time within which a handshake has to be over.

    How many of them are too many at once (503) depends on how fast they come.
    """
    browser, stranger = come(), come()
    browser.log_in(teacher.email)
    with ExitStack() as lines:
        crowd = [lines.enter_context(plain_socket(stranger, open_session.pk)) for _ in range(300)]
        with browser.watch(open_session.pk) as socket:
            assert socket.recv(timeout=PATIENCE_S)
        answers = [first_line(line).split(b" ")[1:2] for line in crowd]
    assert [answer for answer in answers if answer not in ([b"403"], [b"503"])] == []


@pytest.mark.once
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
