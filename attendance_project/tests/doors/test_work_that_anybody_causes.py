"""Bodies, pictures and files that are made to keep a server busy. Others are served meanwhile."""

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import httpx
import pytest

from accounts.models import FailedLogin
from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.doors.outsider import Outsider, at_once, told
from attendance_project.tests.patience import PATIENCE_S
from lab import hostile
from verification.services import face_calls
from verification.tests.support import StudentPhone, begin_enrolment, form_of, send_enrolment

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AGREED = {"consent_version": "2027-01"}


def answered_meanwhile(other: Outsider, attack: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to the attack. Somebody else opens the log-in page as long as it goes on."""
    answers: list[httpx.Response] = []
    attacking = Thread(target=lambda: answers.append(attack()))
    attacking.start()
    while attacking.is_alive():
        assert other.get("/login/").status_code == 200
    attacking.join()
    (answer,) = answers
    return answer


# --- bodies ---------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"&" * 20_000_000, b"a=1&" * 5_000_000], ids=["empty", "fields"])
@pytest.mark.parametrize("path", ["/login/", "/api/v1/login"])
def test_a_form_of_millions_of_fields_is_not_looked_into(come, path, body):
    answer = answered_meanwhile(come(), lambda: come().http.post(path, content=body, headers=FORM))
    assert answer.status_code in (400, 403, 404, 415)


def test_a_form_of_many_parts_is_refused_for_their_number(come):
    kind, body = hostile.crowded_form(5_000_000)
    visitor = come()
    visitor.get("/login/")
    token = visitor.http.cookies["csrftoken"]
    headers = {"Content-Type": kind, "X-CSRFToken": token}
    answer = answered_meanwhile(
        come(), lambda: visitor.http.post("/login/", content=body, headers=headers)
    )
    assert answer.status_code == 400


def test_a_body_in_chunks_without_a_length_is_forgotten_beyond_the_limit(come):
    def chunks() -> Iterator[bytes]:
        yield from [b'{"a": "' + b"x" * 100_000] + [b"x" * 100_000] * 200

    kind = {"Content-Type": "application/json"}
    answer = answered_meanwhile(
        come(), lambda: come().http.post("/api/v1/login", content=chunks(), headers=kind)
    )
    assert answer.status_code == 400


def test_a_body_without_end_is_cut_off(come):
    def chunks() -> Iterator[bytes]:
        while True:
            yield bytes(1_000_000)

    with pytest.raises(httpx.TransportError):
        come().http.post("/api/v1/login", content=chunks())
    assert come().get("/login/").status_code == 200


def test_bodies_of_calls_that_become_websockets_take_no_room_afterwards(come, settings):
    """A body of such a call counted for ever, and then no other one was taken."""
    body = bytes(1_000_000)
    address = come().http.base_url
    head = (
        f"GET /ws/sessions/1/ HTTP/1.1\r\nHost: {address.host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for _ in range(settings.BODY_ROOM_OF_ADDRESS_BYTES // len(body) + 1):
        with socket.create_connection((address.host, address.port), PATIENCE_S) as line:
            line.sendall(head.encode() + body)
            assert line.recv(1)
    kind = {"Content-Type": "application/json"}
    answer = come().http.post("/api/v1/login", content=b"[" * len(body), headers=kind)
    assert told(answer) == (400, "parse_error")


def test_json_that_is_nested_deeply_is_refused(come):
    body = b"[" * 400_000
    kind = {"Content-Type": "application/json"}
    answer = come().http.post("/api/v1/login", content=body, headers=kind)
    assert told(answer) == (400, "parse_error")


CROWDS = {
    "unknown keys": {f"k{number}": 0 for number in range(70_000)},
    "items of one list": {"students": ["x"] * 200_000},
    "objects": {"students": [{}] * 250_000},
}


@pytest.mark.parametrize("body", CROWDS.values(), ids=CROWDS)
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_body_of_too_many_keys_or_items_is_refused_at_once(come, course, teacher, method, body):
    """A list of 200,000 held the server for 13 s, and the answer had 9 MB."""
    caller = come()
    caller.take_token(teacher.email)
    path = f"/courses/{course.pk}" + ("/enrolments" if method == "POST" else "")
    answer = answered_meanwhile(come(), lambda: caller.call(method, path, body))
    assert told(answer) == (422, "too_many_items")
    assert answer.elapsed.total_seconds() < PATIENCE_S / 10


def test_a_long_list_is_counted_before_its_items_are_looked_at(come, course, teacher):
    caller = come()
    caller.take_token(teacher.email)
    body = {"students": ["x"] * 20_000}
    answer = caller.call("POST", f"/courses/{course.pk}/enrolments", body)
    assert told(answer) == (400, "invalid_input")
    assert list(answer.json()["fields"]) == ["students"]


@pytest.mark.parametrize("path", ["/api/v1/register/student", "/join/", "/login/"])
def test_thousands_of_marks_on_one_letter_are_not_sorted(come, path):
    """40 kB of them in a name held the server for 5 s, and a megabyte would have for an hour."""
    visitor = come()
    name = "a" + "\u0301" * 100_000 + "\u0316" * 100_000
    sent = {"full_name": name, "email": f"{name}@x.test", "username": name, "password": "x"}
    sent |= {"institution_number": name}

    def attack() -> httpx.Response:
        if path.startswith("/api/"):
            return visitor.http.post(path, json={**sent, "institution_number": "1"})
        return visitor.form(path, {**sent, "email": "a@x.test"})

    answer = answered_meanwhile(come(), attack)
    assert answer.status_code in (200, 400, 409)


def test_no_upload_goes_through_a_file(server, phone):
    """Twisted and Django keep long bodies in files that are deleted at once. Here a file may not
    become longer than the database."""
    number = begin_enrolment(phone, **AGREED).json()["challenge"]["number"]
    burst = [(0.1 * n, bytes(1_500_000)) for n in range(12)]
    with server.no_file_beyond(10_000_000):
        answer = send_enrolment(phone, number, burst)
    assert told(answer) == (400, "unreadable_image")


# --- pictures -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeing(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server with the real engine."""
    running = Server(
        face_engine="opencv", settings="attendance_project.tests.doors.server_settings"
    )
    running.warm_up()
    yield running
    running.close()


PICTURES = {
    "scans": [hostile.scans_repeated(800)] * 4,
    "pixels": [hostile.flat_png(4096, 3072)] * 4,
    "pixels together": [hostile.flat_png(2000, 1990)] * 7,
    "segments": [hostile.many_segments(480_000)] * 12,
    "chunks": [hostile.packed_texts(1_000)] * 2,
}


@pytest.mark.parametrize("frames", PICTURES.values(), ids=PICTURES)
def test_costly_pictures_are_refused(seeing, student, course, frames):
    line = OverHttp(seeing.url)
    answer = enrolled_with(StudentPhone(student, client=line), frames)
    assert told(answer) == (422, "image_too_costly")
    line.close()


@pytest.mark.parametrize(
    "frames",
    [[hostile.packed_texts(60)] * 40, [hostile.entangled_exif()] * 40],
    ids=["packed texts", "entangled EXIF"],
)
def test_what_a_picture_carries_besides_itself_is_not_read(seeing, student, course, frames):
    line = OverHttp(seeing.url)
    answer = enrolled_with(StudentPhone(student, client=line), frames)
    assert (answer.status_code, answer.json()["status"]) == (200, "not_enrolled")
    assert "zTXt" not in seeing.log.read_text()
    assert "Tag data" not in seeing.log.read_text()
    line.close()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_other_kinds_of_pictures_reach_no_decoder(seeing, student, course, kind):
    begins = {
        "GIF": b"GIF89a",
        "WEBP": b"RIFF\x24\0\0\0WEBPVP8 ",
        "BMP": b"BM",
        "TIFF": b"II*\0",
        "AVIF": b"\0\0\0\x1cftypavif",
    }
    line = OverHttp(seeing.url)
    answer = enrolled_with(StudentPhone(student, client=line), [begins[kind] + bytes(2000)] * 3)
    assert told(answer) == (400, "unreadable_image")
    line.close()


def enrolled_with(phone: StudentPhone, frames: list[bytes]) -> httpx.Response:
    number = begin_enrolment(phone, **AGREED).json()["challenge"]["number"]
    return send_enrolment(phone, number, [(0.1 * n, frame) for n, frame in enumerate(frames)])


def test_an_account_without_a_course_measures_nothing(phone_of, outsider):
    assert told(begin_enrolment(phone_of(outsider), **AGREED))[0] == 403


def test_calls_with_pictures_that_come_at_once_are_counted(phone):
    path = "/face/verify"
    burst = form_of([(0.1, b"no picture")])
    body = {"attempt": "00000000-0000-0000-0000-000000000000", "challenge": 1, "nonce": "n" * 16}
    answers = at_once(30, lambda: phone.send_form(path, {**body, "times_s": burst["times_s"]}))
    passed = [answer for answer in answers if answer.status_code != 429]
    assert 0 < len(passed) <= face_calls.MOST_CALLS


# --- files ----------------------------------------------------------------------------

FOLDED = b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"\r\n a" * 1_000_000
DATES = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20300101T090000\nRDATE:" + b",".join(
    b"20300101T090000" for _ in range(200_000)
)
FILES = {
    "a header for csv.Sniffer": ("enrolments", b'"' + b',"' * 15_000),
    "a calendar of a million days": ("timetable", hostile.slow_calendar()),
    "a line folded a million times": ("timetable", FOLDED),
    "200,000 dates": ("timetable", DATES + b"\nEND:VEVENT\nEND:VCALENDAR\n"),
}


@pytest.mark.parametrize(("kind", "data"), FILES.values(), ids=FILES)
def test_a_file_made_to_take_long_ends_in_an_answer(come, admin_user, kind, data):
    visitor = come()
    visitor.log_in(admin_user.email)
    path = f"/imports/{kind}/"
    answer = answered_meanwhile(
        come(),
        lambda: visitor.form(path, {}, files={"file": ("file", data)}, follow_redirects=True),
    )
    assert answer.status_code in (200, 302, 400)


@pytest.mark.once  # it is refused before the database is asked
@pytest.mark.parametrize("made", [hostile.crowded_texts, hostile.crowded_cell])
def test_a_small_workbook_of_a_million_parts_is_refused_with_a_code(come, admin_user, made):
    """It ended only when it had taken all of the time that a file may."""
    admin = come()
    admin.take_token(admin_user.email)
    sent = {
        "files": {"file": ("table.xlsx", made())},
        "headers": {"Authorization": f"Bearer {admin.access}"},
    }
    answer = answered_meanwhile(come(), lambda: admin.http.post("/api/v1/imports/sessions", **sent))
    assert told(answer) == (422, "file_too_costly")
    assert "into a new workbook" in answer.text


# --- the description, and throttles ---------------------------------------------------


def test_the_description_is_made_once(come):
    texts = at_once(6, lambda: come().get("/api/v1/schema").content)
    assert len(set(texts)) == 1
    assert come().get("/api/v1/schema?lang=xx-made-up").content == texts[0]


def test_no_more_guesses_pass_than_may_when_they_come_at_once(come, teacher, settings):
    """One comes before the others: of thirty at the same moment, each may count the others' guesses
    and be refused."""
    assert come().take_token(teacher.email, "wrong").status_code == 401
    answers = at_once(30, lambda: come().take_token(teacher.email, "wrong"))
    passed = [answer for answer in answers if answer.status_code == 401]
    assert len(passed) < settings.LOGIN_FAILURES_PER_ACCOUNT
    assert {answer.status_code for answer in answers} <= {401, 429}
    assert FailedLogin.objects.count() <= settings.LOGIN_FAILURES_PER_ACCOUNT
