"""Callers who begin a call and do not end it, and what a server answers that it cannot read."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from email.parser import BytesParser

import httpx
import pytest

from accounts.tests.phone import PASSWORD
from attendance_project.bodies import MOST_PIECES
from attendance_project.tests.browser.server import Server
from attendance_project.tests.doors.outsider import told
from attendance_project.tests.patience import PATIENCE_S

pytestmark = pytest.mark.once  # most of it happens before the database is asked

ATTACKER, OTHER = "127.0.0.2", "127.0.0.3"
FORM = "multipart/form-data; boundary=x"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def cramped(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server that has room for 4 MB of bodies, 3 MB of them from one address."""
    running = Server(settings="attendance_project.tests.doors.small_room_settings")
    running.warm_up()
    yield running
    running.close()


@pytest.fixture
def dial(cramped) -> Iterator[Callable[..., socket.socket]]:
    """Opens a plain connection to that server from an address of this machine."""
    with ExitStack() as lines:

        def connect(source: str = ATTACKER) -> socket.socket:
            target = ("127.0.0.1", cramped.port)
            line = socket.create_connection(target, PATIENCE_S, source_address=(source, 0))
            return lines.enter_context(line)

        yield connect


def head(length: int, *, path: str = "/api/v1/face/enroll", kind: str = FORM, more="") -> bytes:
    """The head of a call whose body has so many bytes."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {length}\r\n{more}\r\n"
    ).encode()


def begin(line: socket.socket, kept: int, *, more: str = "") -> None:
    """Send so many bytes of a body and the server's sign that it has them, but never the end."""
    line.sendall(head(kept + 1, more=f"Expect: 100-continue\r\n{more}"))
    assert line.recv(100).startswith(b"HTTP/1.1 100")
    line.sendall(bytes(kept))


def send(line: socket.socket, size: int, **more) -> tuple[int, dict]:
    """Send a whole call of so many bytes. Returns the status and the error of the answer."""
    line.sendall(head(size, **more) + bytes(size))
    return answer_of(line)


def let_in(dial: Callable[..., socket.socket], source: str = ATTACKER) -> tuple[int, dict]:
    """Send a call of 2 MB until there is room for it, as who is told to come again does: the server
    may still be reading what the slow ones sent."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        status, answer = send(dial(source), 2_000_000)
        if status != 503:
            return status, answer
    raise AssertionError("There was no room for the body of somebody else.")


def answer_of(line: socket.socket) -> tuple[int, dict]:
    status, headers, body = read(line)
    assert headers["Content-Type"] == "application/json"
    answer = json.loads(body)
    assert set(answer) == {"code", "detail", "fields"}
    return status, answer


def read(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of what the server sends."""
    with line.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        lines = iter(answer.readline, b"\r\n")
        headers = BytesParser().parsebytes(b"".join(lines))
        length = int(headers["Content-Length"])
        return status, dict(headers), answer.read(length)


def test_slow_bodies_give_way_to_one_of_another_address(dial):
    slow = [dial() for _ in range(5)]
    for line in slow:
        begin(line, 900_000)
    status, answer = let_in(dial, OTHER)
    assert (status, answer["code"]) == (401, "not_authenticated")


def test_slow_bodies_give_way_to_one_of_the_same_address(dial):
    slow = [dial() for _ in range(5)]
    for line in slow:
        begin(line, 900_000)
    assert let_in(dial)[0] == 401


def test_slow_bodies_of_many_addresses_give_way(dial):
    for number in range(10, 30):
        begin(dial(f"127.0.0.{number}"), 190_000)
    for _ in range(3):
        assert let_in(dial, OTHER)[0] == 401


def test_who_lost_the_place_is_told_so_at_the_end_of_the_body(dial):
    slow = dial()
    begin(slow, 2_500_000)
    assert let_in(dial, OTHER)[0] == 401
    slow.sendall(b"x")
    status, answer = answer_of(slow)
    assert (status, answer["code"]) == (503, "server_busy")


def test_a_body_larger_than_the_part_of_its_address_is_told_when_to_come_again(dial):
    line = dial()
    line.sendall(head(3_500_000) + bytes(3_500_000))
    status, headers, body = read(line)
    assert (status, headers["Retry-After"]) == (503, "5")
    assert json.loads(body)["code"] == "server_busy"


def test_one_student_leaves_room_for_others_of_the_address(cramped, dial, student, classmate):
    """Five calls of one student filled half of the room that a school has."""
    greedy, other = (token_of(cramped, one) for one in (student, classmate))
    status, answer = send(dial(), 1_500_000, more=greedy)
    assert (status, answer["code"]) == (503, "server_busy")
    slow = dial()
    begin(slow, 900_000, more=greedy)
    assert send(dial(), 900_000, more=other)[0] != 503
    slow.sendall(b"x")
    assert answer_of(slow)[0] != 503


def token_of(server: Server, person) -> str:
    """The header by which calls are the person's."""
    body = {"email": person.email, "password": PASSWORD}
    answer = httpx.post(f"{server.url}/api/v1/login", json=body, timeout=PATIENCE_S)
    return f"Authorization: Bearer {answer.json()['access']}\r\n"


def test_a_page_says_in_words_that_the_server_is_busy(dial):
    line = dial()
    line.sendall(head(3_500_000, path="/imports/enrolments/") + bytes(3_500_000))
    status, headers, body = read(line)
    assert (status, headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "The server is busy" in body.decode()
    assert "script-src 'self'" in headers["Content-Security-Policy"]


def test_small_bodies_are_taken_where_there_is_no_room(dial):
    for number in range(10, 30):
        begin(dial(f"127.0.0.{number}"), 190_000)
    status, answer = send(dial(), 2_000, path="/api/v1/login", kind="application/json")
    assert (status, answer["code"]) == (400, "parse_error")


@pytest.mark.waits
def test_calls_that_do_not_end_are_cut_off(dial):
    """A byte now and then is what keeps a connection from being idle."""
    begun = [b"POST /api/v1/login HTTP/1.1\r\nHost: ", head(100_000) + b"x"]
    open_lines = [dial() for _ in begun]
    for line, start in zip(open_lines, begun, strict=True):
        line.sendall(start)
        line.settimeout(0.1)
    until = time.monotonic() + PATIENCE_S
    while open_lines and time.monotonic() < until:
        open_lines = [line for line in open_lines if is_open(line)]
    assert open_lines == []


def is_open(line: socket.socket) -> bool:
    """Whether the connection still takes a byte."""
    try:
        line.sendall(b"x")
        return line.recv(100) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


# --- what the server cannot read ------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /api/v1/login?%s HTTP/1.1\r\n\r\n" % (b"a" * 20_000), 414, "address_too_long"),
        (
            b"GET /api/v1/login HTTP/1.1\r\nCookie: %s\r\n\r\n" % (b"a" * 20_000),
            431,
            "headers_too_large",
        ),
        (
            b"GET /api/v1/login HTTP/1.1\r\n" + b"A: %s\r\n" % (b"a" * 1000) * 20 + b"\r\n",
            431,
            "headers_too_large",
        ),
        (b"GET /api/v1/login HTTP/1.1\r\nno colon\r\n\r\n", 400, "bad_request"),
        (b"GET /api/v1/login HTTP/1.1\r\nA: \xff\x00\r\n\r\n", 400, "bad_request"),
        (b"GET /api/v1/login HTTP/1.1\r\nA b: 1\r\n\r\n", 400, "bad_request"),
        (b"GET /api/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad_request"),
        (b"GET /api/v1/login?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad_request"),
        (b"GET /api/v1/login\r\n\r\n", 400, "bad_request"),
        (
            b"GET /api/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            400,
            "bad_request",
        ),
        (
            b"POST /api/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            400,
            "bad_request",
        ),
    ],
    ids=lambda sent: str(sent)[:40],
)
def test_what_cannot_be_read_is_refused_in_the_one_shape(dial, sent, status, code):
    line = dial()
    line.sendall(sent)
    found, answer = answer_of(line)
    assert (found, answer["code"]) == (status, code)


IN_CHUNKS = (
    b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def test_a_body_in_a_million_chunks_is_refused_while_it_comes(cramped, dial):
    """Each chunk was worked off while all others waited, for 3 seconds."""
    line = dial()
    line.sendall(IN_CHUNKS)
    with suppress(ConnectionError):
        for _ in range(100):
            line.sendall(b"1\r\n[\r\n" * 10_000)
        line.sendall(b"0\r\n\r\n")
    assert httpx.get(f"{cramped.url}/login/", timeout=PATIENCE_S).status_code == 200
    assert "Traceback" not in cramped.log.read_text()
    with suppress(ConnectionError):  # what is on the way when it is cut may take the answer along
        status, answer = answer_of(line)
        assert (status, answer["code"]) == (400, "bad_request")


@pytest.mark.parametrize("chunks", [1, MOST_PIECES])
def test_a_body_in_many_chunks_is_read(dial, chunks):
    line = dial()
    line.sendall(IN_CHUNKS + b"1\r\n[\r\n" * chunks + b"0\r\n\r\n")
    status, answer = answer_of(line)
    assert (status, answer["code"]) == (400, "parse_error")


def test_a_body_of_too_many_chunks_that_has_come_whole_is_answered_once(dial):
    line = dial()
    line.sendall(IN_CHUNKS + b"1\r\n[\r\n" * (MOST_PIECES + 500) + b"0\r\n\r\n")
    status, answer = answer_of(line)
    assert (status, answer["code"]) == (400, "bad_request")
    assert line.recv(1) == b""


@pytest.mark.parametrize(
    "charset",
    [
        *("charset=zlib", 'charset="ROT13"', "charset=undefined", "charset*=utf-8''idna"),
        *("a*=undefined''x", "a*=unknown''x"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_charset_that_decodes_no_text_is_refused(cramped, charset, method):
    """Python knows it, and so every address answered anybody with an error of the program."""
    kind = {"Content-Type": f"application/x-www-form-urlencoded; {charset}"}
    address = f"{cramped.url}/api/v1/login?next=%C3%A5"
    answer = httpx.request(method, address, headers=kind, timeout=PATIENCE_S)
    assert told(answer) == (400, "bad_request")
    assert "LookupError" not in cramped.log.read_text()


@pytest.mark.parametrize("charset", ["utf-8", "US-ASCII", "latin-1", "x-unknown", "\u00e9"])
def test_a_charset_that_decodes_text_is_read(cramped, charset):
    kind = {"Content-Type": f"application/json; charset={charset}".encode()}
    answer = httpx.post(
        f"{cramped.url}/api/v1/login", content=b"{", headers=kind, timeout=PATIENCE_S
    )
    assert told(answer) == (400, "parse_error")


def test_answers_that_nobody_reads_are_not_made_in_advance(cramped, dial):
    """24 kB of calls in a row made a server keep 130 MB of answers."""
    asked = b"GET /api/v1/schema?in=a-row HTTP/1.1\r\nHost: localhost\r\n\r\n"
    line = dial()
    line.sendall(asked * 400)
    assert httpx.get(f"{cramped.url}/login/", timeout=PATIENCE_S).status_code == 200
    time.sleep(1)
    assert cramped.log.read_text().count("in=a-row") < 40
    line.sendall(b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    with line.makefile("rb") as answers:
        statuses = [text for text in answers if text.startswith(b"HTTP/1.1 ")]
    assert statuses == [b"HTTP/1.1 200 OK\r\n"] * 401


def test_what_is_no_http_is_refused_by_a_page(dial):
    line = dial()
    line.sendall(b"\x16\x03\x01 hello\r\n\r\n")
    status, _headers, body = read(line)
    assert status == 400
    assert b"could not be read" in body


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Authorization", "Cookie", "Content-Type"])
def test_a_header_that_is_no_utf_8_gets_an_answer(dial, name):
    """The connection was closed without a word."""
    line = dial()
    line.sendall(head(70_000, path="/api/v1/login", more=f"{name}: ?\r\n").replace(b"?", b"\xff"))
    line.sendall(bytes(70_000))
    assert answer_of(line)[0] in (400, 415)


WEBSOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version": "13",
}


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/sessions/1/", "/api/v1/login", "/ws/%00%ff"])
def test_no_websocket_is_where_none_should_be(cramped, path):
    origin = {"Origin": cramped.url}
    answer = httpx.get(cramped.url + path, headers=WEBSOCKET | origin, timeout=PATIENCE_S)
    assert answer.status_code == 403
    assert "Traceback" not in cramped.log.read_text()


def test_no_header_puts_text_before_the_addresses_of_the_site(cramped):
    header = {"Daphne-Root-Path": "//evil.test"}
    for path in ("/", "/login/", "/api/v1/schema", "/api/v1/docs"):
        answer = httpx.get(cramped.url + path, headers=header, timeout=PATIENCE_S)
        assert "evil" not in str(answer.headers) + answer.text


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (("POST", "/login", {"content": b"{", "headers": JSON}), 400, "parse_error"),
        (("POST", "/login", {"content": b"x" * 2_000_000, "headers": JSON}), 400, "bad_request"),
        (("POST", "/login", {"content": b"a=1"}), 415, "unsupported_media_type"),
        (("GET", "/login", {}), 405, "method_not_allowed"),
        (("TRACE", "/login", {}), 405, "method_not_allowed"),
        (("INVENTED", "/login", {}), 405, "method_not_allowed"),
        (("GET", "/nothing", {}), 404, "not_found"),
        (("GET", "/login/", {}), 404, "not_found"),
        (("GET", "/login", {"headers": {"Host": "evil.test"}}), 400, "bad_request"),
        (("POST", "/face/enroll", {"files": {"x": b"1"}}), 401, "not_authenticated"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_refusal_of_the_api_has_the_one_shape(cramped, call, status, code):
    method, path, more = call
    answer = httpx.request(method, f"{cramped.url}/api/v1{path}", timeout=PATIENCE_S, **more)
    assert told(answer) == (status, code)
    assert set(answer.json()) == {"code", "detail", "fields"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_store_keeps_tokens(cramped, teacher):
    body = {"email": teacher.email, "password": PASSWORD}
    answer = httpx.post(f"{cramped.url}/api/v1/login", json=body, timeout=PATIENCE_S)
    assert "access" in answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
