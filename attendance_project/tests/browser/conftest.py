"""A real browser in front of a real server."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import Device, User
from attendance_project import clock
from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.browser.sound import write_wav
from attendance_project.tests.browser.student_phone import StudentsPage, open_phone
from attendance_project.tests.browser.term import PATTERN, _attendance, live_a_term
from attendance_project.tests.browser.watching import Watch, open_window
from attendance_project.tests.patience import PATIENCE_MS
from sessions_app.models import Attendance, Session
from verification.models import FaceTemplate, TemplateAccess, TemplateStatus
from verification.tests.support import StudentPhone

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--enable-experimental-web-platform-features",  # the emulated radio needs it
)


@pytest.fixture(scope="session")
def server(django_db_setup, django_db_blocker) -> Iterator[Server]:
    running = Server()
    running.warm_up()
    yield running
    running.close()


def chromium_path() -> str:
    """The headless shell where it is there: it has no windows to keep, and starts sooner."""
    named = os.environ.get("CHROMIUM")
    path = named or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        pytest.fail("No Chromium: run `make chromium` as root, or set CHROMIUM.")
    return path


@pytest.fixture(scope="package")
def chromium(server) -> Iterator[Browser]:
    """Playwright for this package only, since other tests have event loops of their own."""
    path = chromium_path()
    expect.set_options(timeout=PATIENCE_MS)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread, but Django is never called from within it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=path, args=ARGUMENTS, timeout=PATIENCE_MS
        )
        _warm_up(browser, server)
        yield browser
        browser.close()


def _warm_up(browser: Browser, server: Server) -> None:
    """The first page of a browser takes longest; no test has to wait for it."""
    window = open_window(browser, server, Watch())
    window.new_page().goto("/login/")
    window.close()


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """The file that the microphone of ``hearing`` hears, read whenever the microphone opens."""
    path = tmp_path / "room.wav"
    write_wav(path, [])
    return path


@pytest.fixture
def microphone_is() -> str:
    """What the person answers when the browser asks: "allowed" or "deny"."""
    return "allowed"


@pytest.fixture
def hearing(chromium: Browser, microphone: Path, microphone_is: str) -> Iterator[Browser]:
    """A browser of its own, with a microphone."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(),
        timeout=PATIENCE_MS,
        args=[
            *ARGUMENTS,
            "--use-fake-device-for-media-stream",
            f"--use-fake-ui-for-media-stream={microphone_is}",
            f"--use-file-for-fake-audio-capture={microphone}",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end for a console error, a CSP violation or a status of 500."""
    watching = Watch()
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def context(server, chromium, watch, transactional_db) -> Iterator[BrowserContext]:
    window = open_window(
        chromium,
        server,
        watch,
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
    )
    yield window
    window.close()


@pytest.fixture
def logged_in(context, server) -> Callable[[User | None], Page]:
    """A new page of a person who is logged in, by a session as the log-in page makes it."""

    def open_page(user: User | None) -> Page:
        if user is not None:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": _session_of(user)}
            context.add_cookies([cookie | {"url": server.url}])
        return context.new_page()

    return open_page


def _session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    key: str = store.session_key
    return key


@pytest.fixture
def phone_of(server) -> Iterator[Callable[[User, str], StudentPhone]]:
    """Make a student's phone with an approved face, which talks to the running server."""
    lines = []

    def make(student: User, who: str = "me") -> StudentPhone:
        line = OverHttp(server.url)
        lines.append(line)
        phone = StudentPhone(student, client=line)
        assert phone.enrol(who).status_code == 201
        FaceTemplate.objects.filter(student=student).update(status=TemplateStatus.APPROVED)
        return phone

    yield make
    for line in lines:
        line.close()


@pytest.fixture
def phone(chromium, server, watch, transactional_db) -> Iterator[StudentsPage]:
    """A student's phone with cameras. Nobody is logged in on it yet."""
    context, phone = open_phone(chromium, server, watch)
    yield phone
    context.close()
    phone.close()


@pytest.fixture
def lecture(open_session) -> Session:
    """An open session without Bluetooth, so that code and face decide."""
    Session.objects.filter(pk=open_session.pk).update(bluetooth="off")
    open_session.refresh_from_db()
    return open_session


@pytest.fixture
def enrolled(phone, student, lecture) -> StudentsPage:
    """The student's phone: logged in, the face approved, the lecture's code on the wall."""
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student)
    return phone


@pytest.fixture
def term(world, open_session, student):
    """A student with a term behind them, whose own phone is the browser's."""
    Device.objects.filter(user=student).delete()
    live_a_term(open_session)
    past = Session.objects.filter(state="closed").order_by("starts_at")
    Attendance.objects.bulk_create(
        _attendance(meeting, student, PATTERN[week % len(PATTERN)])
        for week, meeting in enumerate(past)
    )
    TemplateAccess.objects.create(student=student, purpose="check_in", at=clock.now())
    return open_session


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder for screenshots: SCREENSHOT_DIR, or a temporary folder."""
    folder = Path(os.environ.get("SCREENSHOT_DIR") or tempfile.mkdtemp(prefix="screenshots-"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
