"""What a server does with work that is under way when it is told to end (SIGTERM)."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.doors.outsider import Outsider
from attendance_project.tests.patience import until
from lab import hostile
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, Enrolment, ImportKind, ImportRecord
from sessions_app.tests.test_import_whole import COUNT, LARGE
from verification.models import CheckInDecision
from verification.tests.conftest import _with_approved_face
from verification.tests.support import StudentPhone, after_code_and_radio, challenge_of


@pytest.fixture
def ending(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server for one test, which ends it."""
    running = Server(settings="attendance_project.tests.doors.server_settings")
    running.warm_up()
    yield running
    running.close()


def ended_by(call: Callable[[], httpx.Response]) -> bool:
    """Whether the connection of a call ended before its answer."""
    try:
        call()
    except httpx.TransportError:
        return True
    return False


def below(pid: int) -> set[int]:
    """The processes that this one started, and those that they started."""
    try:
        files = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = {int(each) for file in files for each in file.read_text().split()}
    except FileNotFoundError:
        return set()
    return children.union(*map(below, children))


def _check_in_that_meets_the_end(ending, open_session, student, teacher) -> None:
    line = OverHttp(ending.url)
    phone = StudentPhone(student, client=line)
    phone.log_in(student)
    _with_approved_face(phone, teacher)
    step = after_code_and_radio(phone, open_session)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    with ThreadPoolExecutor(1) as pool:
        marked = pool.submit(ended_by, lambda: phone.mark(step["attempt"]))
        ending.stop()
        was_cut = marked.result()
    before = CheckInDecision.objects.count()
    assert before == 1 or was_cut
    ending.start()
    assert phone.mark(step["attempt"]).json()["outcome"] == "present"
    assert CheckInDecision.objects.count() == 1
    assert Attendance.objects.get().status == "present"
    line.close()


def _file_that_meets_the_end(ending, admin_user) -> None:
    visitor = Outsider(ending)
    visitor.log_in(admin_user.email)
    visitor.get("/imports/timetable/")
    pid = ending.pid
    before = below(pid)
    calendar = {"file": ("term.ics", hostile.slow_calendar())}
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(
            ended_by,
            lambda: visitor.form("/imports/timetable/", {}, files=calendar, follow_redirects=True),
        )
        until(lambda: reading.done() or below(pid) - before)
        children = below(pid)
        ending.stop()
        reading.result()
    until(lambda: not any(Path(f"/proc/{each}").exists() for each in {pid, *children}))
    assert not ImportRecord.objects.exists()
    visitor.close()


def _import_that_meets_the_end(ending, admin_user) -> None:
    """It is stored as a whole, with its record, or not at all, and can be repeated."""
    before = Enrolment.objects.count()
    visitor = Outsider(ending)
    visitor.log_in(admin_user.email)
    path = "/imports/enrolments/"
    sent = {"files": {"file": ("class.csv", LARGE)}, "follow_redirects": True}
    page = visitor.form(path, {}, **sent).text
    pid = ending.pid
    idle = below(pid)
    with ThreadPoolExecutor(1) as pool:
        (digest,) = re.findall(r'name="digest" value="(\w+)"', page)
        applying = pool.submit(
            ended_by, lambda: visitor.form(f"{path}apply/", {"digest": digest}, page=path)
        )
        until(lambda: applying.done() or below(pid) - idle)  # the file is read anew
        until(lambda: applying.done() or not below(pid) - idle)
        ending.stop()
        applying.result()
    stored = ImportRecord.objects.filter(kind=ImportKind.ENROLMENTS).count()
    assert Enrolment.objects.count() == before + stored * COUNT
    visitor.close()
    ending.start()
    visitor = Outsider(ending)
    visitor.log_in(admin_user.email)
    page = visitor.form(path, {}, **sent).text
    for digest in re.findall(r'name="digest" value="(\w+)"', page):
        visitor.form(f"{path}apply/", {"digest": digest}, page=path)
    assert Enrolment.objects.count() == before + COUNT
    visitor.close()


def test_work_that_meets_the_end_of_the_server_is_done_once_or_not_at_all(
    ending, fake_engine, open_session, student, teacher, admin_user
):
    """One test, since each server takes seconds to start."""
    _check_in_that_meets_the_end(ending, open_session, student, teacher)
    _file_that_meets_the_end(ending, admin_user)
    ending.start()
    _import_that_meets_the_end(ending, admin_user)
