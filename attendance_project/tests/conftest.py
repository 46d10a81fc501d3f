import pytest

from attendance_project.tests import world as worlds


@pytest.fixture
def world(open_session, student, outsider, teacher, colleague, admin_user) -> worlds.World:
    """An open session of the teacher's, in which the student's check-in waits for review."""
    people = {
        "anonymous": None,
        "outsider": outsider,
        "student": student,
        "colleague": colleague,
        "teacher": teacher,
        "admin": admin_user,
    }
    return worlds.build(people, open_session)
