"""Calendars at an address: how they are read, and what becomes of what they change."""

import contextlib
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import call_command

from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tables import MOST_BYTES
from attendance_project.tests.page_client import PageClient
from sessions_app import services
from sessions_app.domain.web_addresses import name_of
from sessions_app.imports import fetching, subscriptions
from sessions_app.models import CalendarMapping, CalendarSubscription, ImportRecord, Session
from sessions_app.tests.calendar_files import NOW, calendar, lecture
from sessions_app.tests.test_import_pages import TIMETABLE, apply, digest_of

PAGE = "/imports/calendars/"

POLL_S = 0.01
"""How soon the server sees that it shall end. What it is by default makes each test last 0.5 s."""


class _Answers(BaseHTTPRequestHandler):
    """Answers each path with what the server holds for it: a status, a place and a body."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))
        status, location, body = self.server.answers.get(self.path, (404, "", b""))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server(settings):
    """A server on this machine which the settings allow."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    made.answers, made.asked = {}, []
    made.address = f"http://127.0.0.1:{made.server_port}"
    settings.CALENDAR_HOSTS = [f"127.0.0.1:{made.server_port}"]
    settings.CALENDAR_NETWORKS = ["127.0.0.0/8"]
    thread = threading.Thread(target=made.serve_forever, args=[POLL_S], daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def week(*hours: int, title: str = "OS CSE-A lecture") -> bytes:
    """A calendar with lectures at these hours next week."""
    day = (clock.now() + timedelta(days=7)).strftime("%Y%m%d")
    return calendar(
        *(lecture(title, f"{day}T{h:02}0000", f"{day}T{h:02}3000", uid=str(h)) for h in hours)
    )


def refusal_of(address: str) -> str:
    with pytest.raises(Refusal) as caught:
        fetching.fetch_calendar(address)
    return caught.value.code


# Reading an address


def test_a_calendar_is_read_from_its_address(server):
    server.answers["/term.ics?x=1"] = (200, "", b"BEGIN:VCALENDAR")
    assert fetching.fetch_calendar(f"{server.address}/term.ics?x=1") == b"BEGIN:VCALENDAR"
    assert server.asked == [("/term.ics?x=1", server.address.removeprefix("http://"))]


def test_redirects_are_followed_within_the_host_only(server):
    server.answers["/a"] = (302, "/b", b"")
    server.answers["/b"] = (200, "", b"here")
    assert fetching.fetch_calendar(f"{server.address}/a") == b"here"
    server.answers["/a"] = (302, "http://169.254.169.254/latest", b"")
    assert refusal_of(f"{server.address}/a") == "calendar_address"
    server.answers["/a"] = (302, "file:///etc/passwd", b"")
    assert refusal_of(f"{server.address}/a") == "calendar_address"
    server.answers["/a"] = (302, "/a", b"")
    assert refusal_of(f"{server.address}/a") == "calendar_unreachable"
    server.answers["/a"] = (302, "", b"")
    assert refusal_of(f"{server.address}/a") == "calendar_unreachable"


@pytest.mark.parametrize(
    "place", ["http://[x", "//[", "http://[::1", "http://a:b", "\x00", "http:///"]
)
def test_a_redirect_that_cannot_be_read_is_told(server, place):
    server.answers["/a"] = (302, place, b"")
    assert refusal_of(f"{server.address}/a") in ("calendar_unreachable", "calendar_address")


def test_a_name_that_is_looked_up_for_too_long_is_told(server, monkeypatch):
    """The system's own search for a name takes as long as it likes."""
    monkeypatch.setattr(fetching, "LONGEST_S", 0.2)
    stop = threading.Event()
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: [][stop.wait() :])
    try:
        assert refusal_of(server.address) == "calendar_unreachable"
    finally:
        stop.set()


def test_a_name_that_nobody_knows_is_told(server, monkeypatch):
    def unknown(*args, **more):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", unknown)
    assert refusal_of(server.address) == "calendar_unreachable"


def test_another_allowed_host_is_no_place_to_redirect_to(server, settings):
    settings.CALENDAR_HOSTS = [*settings.CALENDAR_HOSTS, "localhost:1"]
    server.answers["/a"] = (302, "http://localhost:1/", b"")
    assert refusal_of(f"{server.address}/a") == "calendar_unreachable"


def test_a_private_number_is_not_connected_to(server, settings):
    settings.CALENDAR_NETWORKS = []
    assert refusal_of(f"{server.address}/term.ics") == "calendar_address"
    assert server.asked == []


def test_a_name_with_one_private_number_is_not_connected_to(server, settings, monkeypatch):
    rows = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)
    settings.CALENDAR_NETWORKS = []
    assert refusal_of(f"{server.address}/term.ics") == "calendar_address"


def test_the_connection_goes_to_the_number_that_was_checked(server, settings, monkeypatch):
    """A name that leads elsewhere a moment later gains nothing."""
    asked = []

    def found(host, port, **more):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    server.answers["/"] = (200, "", b"here")
    settings.CALENDAR_HOSTS = [f"calendar.school.test:{server.server_port}"]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", found)
    connected = []
    real = socket.create_connection
    monkeypatch.setattr(
        fetching.socket,
        "create_connection",
        lambda place, **more: connected.append(place) or _connect(real, place, more),
    )
    assert fetching.fetch_calendar(f"http://calendar.school.test:{server.server_port}/") == b"here"
    assert connected == [("127.0.0.1", server.server_port)]
    assert asked[0] == "calendar.school.test"


def _connect(real, place, more):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(more["timeout"])
    sock.connect(place)
    return sock


def test_what_is_too_large_is_not_kept(server):
    server.answers["/"] = (200, "", b"x" * (MOST_BYTES + 1))
    assert refusal_of(server.address) == "calendar_too_large"


@pytest.fixture
def sends_forever(settings):
    """Starts a server that sends one text and then another again and again. Returns its address,
    and a list with how many bytes it has sent."""
    stop = threading.Event()
    threads: list[threading.Thread] = []
    listening = socket.create_server(("127.0.0.1", 0))
    place = f"127.0.0.1:{listening.getsockname()[1]}"
    settings.CALENDAR_HOSTS, settings.CALENDAR_NETWORKS = [place], ["127.0.0.0/8"]

    def start(begin: bytes, piece: bytes, every_s: float = 0.0) -> tuple[str, list[int]]:
        sent = [0]

        def send() -> None:
            client, _address = listening.accept()
            with client, contextlib.suppress(OSError):
                client.sendall(begin)
                while not stop.wait(every_s):
                    client.sendall(piece)
                    sent[0] += len(piece)

        threads.append(threading.Thread(target=send, daemon=True))
        threads[-1].start()
        return f"http://{place}/", sent

    yield start
    stop.set()
    for thread in threads:
        thread.join()
    listening.close()


def test_an_answer_that_never_ends_is_cut_off(sends_forever, monkeypatch):
    """The server sends a byte at a time, so that no single read takes long."""
    monkeypatch.setattr(fetching, "LONGEST_S", 0.5)
    address, _sent = sends_forever(b"HTTP/1.1 200 OK\r\nX: ", b"x", every_s=0.05)
    assert refusal_of(address) == "calendar_unreachable"


IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINES = {
    "answers before the answer": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "chunks of one byte": (IN_CHUNKS, b"1\r\nx\r\n" * 1000),
    "chunks with long names": (IN_CHUNKS, (b"1;" + b"a" * 60_000 + b"\r\nx\r\n") * 10),
    "lines behind the last chunk": (IN_CHUNKS + b"0\r\n", b"a: b\r\n" * 1000),
}


@pytest.mark.parametrize(("begin", "piece"), LINES.values(), ids=LINES)
def test_lines_without_end_are_not_read_on(sends_forever, monkeypatch, begin, piece):
    monkeypatch.setattr(fetching, "LONGEST_S", 600.0)
    address, sent = sends_forever(begin, piece)
    assert refusal_of(address) == "calendar_unreachable"
    assert sent[0] < 50_000_000  # what is on the way is some megabytes


@pytest.mark.parametrize("status", [204, 400, 404, 500])
def test_other_answers_are_told(server, status):
    server.answers["/"] = (status, "", b"")
    assert refusal_of(server.address) == "calendar_unreachable"


def test_nobody_at_the_address_is_told(server):
    server.shutdown()
    server.server_close()
    assert refusal_of(server.address) == "calendar_unreachable"


# Subscriptions


def subscribe(teacher, server, **options) -> CalendarSubscription:
    return subscriptions.subscribe(
        teacher, f"{server.address}/term.ics", now=clock.now(), **options
    )


def test_changes_wait_for_a_look(course, teacher, server):
    server.answers["/term.ics"] = (200, "", week(9, 11))
    row = subscribe(teacher, server)
    told = subscriptions.read(row, now=clock.now())
    assert (told.applied, told.waiting) == (0, 2)
    assert not Session.objects.exists()
    assert row.waiting[0].startswith("Added: session Operating Systems · CSE-A")
    client = PageClient()
    client.force_login(teacher)
    assert "2 changes wait" in client.get(PAGE).content.decode()
    html = client.post(f"{PAGE}{row.pk}/look/", follow=True).content.decode()
    apply(client, TIMETABLE, digest_of(html))
    assert Session.objects.count() == 2
    assert "2 changes wait" not in client.get(PAGE).content.decode()
    record = ImportRecord.objects.get()
    assert record.source == record.file_name == name_of(row.address)
    told = client.get(f"/imports/{record.pk}/").content.decode() + str(record.changes)
    assert "term.ics" not in told, "the path of an address is a secret"


def test_changes_are_applied_by_themselves_where_the_teacher_chose_so(course, teacher, server):
    server.answers["/term.ics"] = (200, "", week(9, 11))
    row = subscribe(teacher, server, applies_itself=True, drop_missing=True)
    assert subscriptions.read(row, now=clock.now()).applied == 2
    server.answers["/term.ics"] = (200, "", week(9))
    assert subscriptions.read(row, now=clock.now()).applied == 1
    assert Session.objects.filter(state="planned").count() == 1
    assert ImportRecord.objects.filter(by=teacher).count() == 2


def test_reading_by_the_button_is_noted_with_what_waits(course, teacher, server):
    server.answers["/term.ics"] = (200, "", week(9, 11))
    row = subscribe(teacher, server)
    client = PageClient()
    client.force_login(teacher)
    assert "Not read yet" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{row.pk}/look/")
    shown = client.get(PAGE).content.decode()
    assert "Not read yet" not in shown
    assert "2 changes wait" in shown
    server.answers["/term.ics"] = (404, "", b"")
    client.post(f"{PAGE}{row.pk}/look/")
    assert "it answered 404" in client.get(PAGE).content.decode()
    row.refresh_from_db()
    assert (row.trouble != "", len(row.waiting)) == (True, 2)
    server.answers["/term.ics"] = (200, "", week(9, 11))
    html = client.post(f"{PAGE}{row.pk}/look/", follow=True).content.decode()
    apply(client, TIMETABLE, digest_of(html))
    shown = client.get(PAGE).content.decode()
    assert "answered 404" not in shown
    assert "changes wait<" not in shown


def test_a_calendar_that_lost_most_of_its_events_waits_for_a_look(course, teacher, server):
    server.answers["/term.ics"] = (200, "", week(*range(8, 18)))
    row = subscribe(teacher, server, applies_itself=True, drop_missing=True)
    subscriptions.read(row, now=clock.now())
    server.answers["/term.ics"] = (200, "", week(8))
    told = subscriptions.read(row, now=clock.now())
    assert (told.applied, told.waiting) == (0, 9)
    assert Session.objects.filter(state="planned").count() == 10


def test_what_goes_wrong_is_kept_and_changes_nothing(course, teacher, server):
    server.answers["/term.ics"] = (200, "", b"<html>Log in</html>")
    row = subscribe(teacher, server, applies_itself=True)
    assert "calendar file" in subscriptions.read(row, now=clock.now()).trouble
    assert "calendar file" in row.trouble
    server.answers["/term.ics"] = (200, "", week(9))
    subscriptions.read(row, now=clock.now())
    assert (row.trouble, Session.objects.count()) == ("", 1)


def test_a_course_that_was_taken_away_is_not_planned_for(course, teacher, colleague, server):
    server.answers["/term.ics"] = (200, "", week(9))
    rows = [
        subscribe(teacher, server, applies_itself=True, course=course),
        subscriptions.subscribe(
            teacher, f"{server.address}/term.ics?2", applies_itself=True, now=NOW
        ),
    ]
    server.answers["/term.ics?2"] = server.answers["/term.ics"]
    type(course).objects.update(teacher=colleague)
    for row in rows:
        subscriptions.read(row, now=clock.now())
    assert "no longer yours" in rows[0].trouble
    assert not Session.objects.exists()


def test_choices_are_remembered_for_the_schedule(course, teacher, server):
    title = "Operating Systems for Poets CSE-A"
    server.answers["/term.ics"] = (200, "", week(9, title=title))
    row = subscribe(teacher, server, applies_itself=True)
    subscriptions.read(row, now=clock.now())
    assert row.unsure == 1
    client = PageClient()
    client.force_login(teacher)
    html = client.post(f"{PAGE}{row.pk}/look/", follow=True).content.decode()
    posted = {"digest": digest_of(html), "title": title, "course": str(course.pk), "show": "1"}
    html = client.post(f"{TIMETABLE}apply/", posted, follow=True).content.decode()
    apply(client, TIMETABLE, digest_of(html))
    assert CalendarMapping.objects.get().source == name_of(row.address)
    server.answers["/term.ics"] = (200, "", week(9, 11, title=title))
    assert subscriptions.read(row, now=clock.now()).applied == 1


def test_the_command_reads_what_is_due(course, teacher, colleague, server, settings):
    server.answers["/term.ics"] = (200, "", week(9))
    row = subscribe(teacher, server, applies_itself=True)
    subscribe(colleague, server)
    type(colleague).objects.filter(pk=colleague.pk).update(is_active=False)
    out = StringIO()
    call_command("read_calendars", stdout=out)
    assert out.getvalue() == f"{name_of(row.address)}: 1 applied, 0 waiting\n"
    assert "term.ics" not in out.getvalue()
    out = StringIO()
    call_command("read_calendars", stdout=out)
    assert out.getvalue() == ""
    CalendarSubscription.objects.update(read_at=clock.now() - settings.CALENDAR_EVERY)
    call_command("read_calendars", stdout=out)
    assert "0 applied, 0 waiting" in out.getvalue()


def test_the_command_goes_on_after_a_calendar_that_it_cannot_read(course, teacher, server, caplog):
    server.answers["/term.ics"] = (200, "", week(9))
    rows = [
        subscriptions.subscribe(teacher, f"{server.address}{path}", now=NOW, applies_itself=True)
        for path in ("/bad", "/term.ics")
    ]
    read = subscriptions.fetch_calendar

    def fetched(address: str) -> bytes:
        if address.endswith("/bad"):
            raise ZeroDivisionError
        return read(address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscriptions, "fetch_calendar", fetched)
        call_command("read_calendars", stdout=(out := StringIO()))
    assert "1 applied" in out.getvalue()
    assert "ZeroDivisionError" in caplog.text
    rows[0].refresh_from_db()
    assert "by a fault of this system" in rows[0].trouble
    assert rows[0].read_at is not None
    assert Session.objects.count() == 1


def test_a_calendar_that_applies_itself_leaves_what_a_person_decided(course, teacher, server):
    """A person planned a session more, restored one, moved one and changed a room and an end."""
    server.answers["/term.ics"] = (200, "", week(8, 9, 10, 11, 12, 13))
    row = subscribe(teacher, server, applies_itself=True, drop_missing=True)
    subscriptions.read(row, now=clock.now())
    first, second, third, fourth = Session.objects.order_by("starts_at")[:4]
    server.answers["/term.ics"] = (200, "", week(9, 10, 11, 12, 13))
    assert subscriptions.read(row, now=clock.now()).applied == 1
    services.restore_session(Session.objects.get(pk=first.pk))
    services.change_session(second, room="C-1")
    services.change_session(third, ends_at=third.ends_at + timedelta(minutes=15))
    services.change_session(
        fourth,
        starts_at=fourth.starts_at + timedelta(days=1),
        ends_at=fourth.ends_at + timedelta(days=1),
    )
    extra = services.create_session(
        course,
        starts_at=first.starts_at + timedelta(hours=8),
        ends_at=first.ends_at + timedelta(hours=8),
    )
    for hours in ((9, 10, 11, 12, 13), (12, 13), (12, 13)):
        server.answers["/term.ics"] = (200, "", week(*hours).replace(b"UID", b"LOCATION:D-9\nUID"))
        subscriptions.read(row, now=clock.now())
    assert not Session.objects.filter(state="cancelled").exists()
    for session in (first, second, third, fourth, extra):
        room, ends_at = session.room, session.ends_at
        session.refresh_from_db()
        assert session.ends_at == ends_at
        assert session.room == (room or ("D-9" if session.pk in (third.pk,) else ""))


def test_two_calendars_of_one_course_leave_each_others_sessions(course, teacher, server):
    server.answers |= {"/lectures": (200, "", week(9, 10)), "/labs": (200, "", week(14, 15))}
    rows = [
        subscriptions.subscribe(
            teacher, server.address + path, applies_itself=True, drop_missing=True, now=NOW
        )
        for path in ("/lectures", "/labs")
    ]
    for row in rows * 2:
        subscriptions.read(row, now=clock.now())
    assert Session.objects.filter(state="planned").count() == 4
    server.answers["/labs"] = (200, "", week(14))
    for row in rows:
        subscriptions.read(row, now=clock.now())
    assert Session.objects.filter(state="planned").count() == 3


def test_the_page_adds_and_removes(course, teacher, colleague, server):
    client = PageClient()
    client.force_login(teacher)
    page = client.post(PAGE, {"address": "https://evil.test/a.ics"}).content.decode()
    assert "Calendars are not read from this host." in page
    address = f"{server.address}/term.ics"
    assert client.post(PAGE, {"address": address}).status_code == 302
    page = client.post(PAGE, {"address": address}).content.decode()
    assert "You have this calendar already." in page
    row = CalendarSubscription.objects.get()
    other = PageClient()
    other.force_login(colleague)
    assert other.post(f"{PAGE}{row.pk}/look/").status_code == 404
    assert other.post(f"{PAGE}{row.pk}/remove/").status_code == 404
    assert address not in other.get(PAGE).content.decode()
    client.post(f"{PAGE}{row.pk}/remove/")
    assert not CalendarSubscription.objects.exists()


def test_a_person_has_so_many_calendars_at_most(teacher, server, monkeypatch):
    monkeypatch.setattr(subscriptions, "MOST_EACH", 1)
    subscribe(teacher, server)
    with pytest.raises(Refusal) as caught:
        subscriptions.subscribe(teacher, f"{server.address}/b", now=NOW)
    assert caught.value.code == "too_many_calendars"
