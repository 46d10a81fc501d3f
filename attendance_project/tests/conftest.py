import pytest
from django.conf import settings

from accounts.models import Role, User
from attendance_project.tests import world as worlds
from conftest import make_user

# These test what only one of the databases can do.
collect_ignore = [] if settings.MONGODB_URL else ["test_mongodb_transactions.py"]


@pytest.fixture
def world(open_session, student, outsider, teacher, colleague, admin_user) -> worlds.World:
    """An open session of the teacher's, in which the student's check-in waits for a review."""
    people = {
        "anonymous": None,
        "outsider": outsider,
        "student": student,
        "colleague": colleague,
        "teacher": teacher,
        "admin": admin_user,
    }
    return worlds.build(people, open_session)


@pytest.fixture
def twin(db) -> User:
    """The student's second account."""
    return make_user(Role.STUDENT, "S1X")
