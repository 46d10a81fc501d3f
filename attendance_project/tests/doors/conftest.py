"""One server for all these tests, and people who know nothing but its address."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts.models import User
from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.doors.outsider import Outsider
from verification.tests.conftest import _with_approved_face, fake_engine
from verification.tests.support import StudentPhone

__all__ = ["fake_engine"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests alone: the hook is called with those of the whole run."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def server(django_db_setup, django_db_blocker) -> Iterator[Server]:
    """A server as in production, with the engine that sees texts for faces."""
    running = Server(settings="attendance_project.tests.doors.server_settings")
    running.warm_up()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def _rows_that_the_server_sees(transactional_db) -> None:
    """What a test writes is stored at once, and deleted after it."""


@pytest.fixture
def come(server) -> Iterator[Callable[[], Outsider]]:
    """Lets somebody come in from the street, each with cookies of their own."""
    people: list[Outsider] = []

    def arrive() -> Outsider:
        people.append(Outsider(server))
        return people[-1]

    yield arrive
    for person in people:
        person.close()


@pytest.fixture
def phone_of(server) -> Iterator[Callable[[User], StudentPhone]]:
    """Logs a student in on a phone of their own, whose calls go over the network."""
    lines: list[OverHttp] = []

    def log_in(student: User) -> StudentPhone:
        lines.append(OverHttp(server.url))
        phone = StudentPhone(student, client=lines[-1])
        phone.log_in(student)
        return phone

    yield log_in
    for line in lines:
        line.close()


@pytest.fixture
def phone(fake_engine, phone_of, student, teacher, open_session) -> StudentPhone:
    """The student's phone, with a face that a teacher approved."""
    return _with_approved_face(phone_of(student), teacher)


@pytest.fixture
def friend(fake_engine, phone_of, classmate, teacher, open_session) -> StudentPhone:
    return _with_approved_face(phone_of(classmate), teacher, who="friend")
