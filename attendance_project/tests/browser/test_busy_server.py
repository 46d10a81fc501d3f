"""A running server that is given files made to keep it busy: others are answered meanwhile.

No test measures seconds, since the machine may be busy with other things: each counts the answers
that others got before the file's own came. `bench_hostile` measures how late they are.
"""

import threading

import httpx
import pytest
from django.conf import settings

from attendance_project.tests.browser.conftest import _session_of
from attendance_project.tests.patience import PATIENCE_S
from lab.hostile import slow_workbook
from sessions_app.tests.calendar_files import calendar, lecture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]
OTHERS = 5
"""Answers that others get at least, before that to a file which takes seconds to read."""


class Admin:
    """Sends files as an admin's browser does."""

    def __init__(self, url: str, user) -> None:
        cookies = {settings.SESSION_COOKIE_NAME: _session_of(user)}
        self.http = httpx.Client(base_url=url, cookies=cookies, timeout=PATIENCE_S)

    def upload(self, path: str, data: bytes) -> httpx.Response:
        self.http.get("/imports/enrolments/").raise_for_status()
        fields = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        sent = {"file": ("file", data)}
        return self.http.post(path, data=fields, files=sent, follow_redirects=True)


@pytest.fixture
def admin(server, transactional_db, admin_user):
    admin = Admin(server.url, admin_user)
    yield admin
    admin.http.close()


def test_others_are_answered_while_a_file_is_read(server, admin):
    answers: list[httpx.Response] = []
    sending = threading.Thread(
        target=lambda: answers.append(admin.upload("/imports/enrolments/", slow_workbook()))
    )
    sending.start()
    others = 0
    with httpx.Client(base_url=server.url, timeout=PATIENCE_S) as other:
        while not answers and sending.is_alive():
            other.get("/login/").raise_for_status()
            others += not answers
    sending.join(PATIENCE_S)

    assert others >= OTHERS
    if answers[0].status_code != 503:  # a machine that is busy with other work asks for it again
        assert answers[0].status_code in (400, 422)
        assert "was not imported" in answers[0].text


HOSTILE = {
    "a header for csv.Sniffer": ("enrolments", b'"' + b',"' * 15_000, "columns"),
    "a folded line of a million parts": (
        "timetable",
        calendar(lecture("OS CSE-A", "", "", "DESCRIPTION:x" + "\n x" * 1_000_000)),
        "250000 lines",
    ),
    "200,000 single dates": (
        "timetable",
        calendar(lecture("OS CSE-A", "", "", "RDATE:" + ",".join(["20261202T090000"] * 200_000))),
        "20000 single dates",
    ),
    "1,000 daily series": (
        "timetable",
        calendar(
            *[
                lecture(
                    "OS CSE-A", f"20200101T09{n % 60:02}00", "20200101T103000",
                    "RRULE:FREQ=DAILY", uid=str(n),
                )
                for n in range(1000)
            ]
        ),
        "5000 dates",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "data", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_words(admin, course, path, data, told):
    answer = admin.upload(f"/imports/{path}/", data)

    assert answer.status_code == 400
    assert "was not imported" in answer.text
    assert told in answer.text.replace(",", "")
