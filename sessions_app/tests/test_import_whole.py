"""An import counts as a whole or not at all, whatever happens in the middle of it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from bson import Binary
from django.apps import apps
from django.db import IntegrityError, connection, connections

from accounts.models import Role, User
from attendance_project.tests.patience import PATIENCE_S
from attendance_project.tests.threads import at_once
from conftest import make_user
from sessions_app import imports
from sessions_app.imports import Action, ImportRefused
from sessions_app.imports.applying import AT_ONCE
from sessions_app.models import Course, Enrolment, Subject
from sessions_app.tests.import_files import ANN, CLASS, EXISTING, TEACHING, csv_of, plan, run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COUNT = 2 * AT_ONCE + 10
LARGE = csv_of(
    *(
        TEACHING
        | {
            "student_number": f"M{n}",
            "student_email": f"m{n}@school.test",
            "student_name": f"M {n}",
        }
        for n in range(COUNT)
    )
)
"""A file that takes several batches of students, and then of enrolments."""
NO_NAMES = {"teacher_email": "", "teacher_name": ""}


def stored() -> dict[str, list[Any]]:
    """All rows of people and teaching."""
    models = [
        m for app in ("accounts", "sessions_app") for m in apps.get_app_config(app).get_models()
    ]
    return {m.__name__: sorted(m.objects.values_list(), key=str) for m in models}


def is_whole() -> bool:
    enrolled = Enrolment.objects.filter(is_active=True).count()
    return (User.objects.students().count(), Course.objects.count(), enrolled) == (COUNT, 1, COUNT)


def test_an_account_that_is_made_meanwhile_stops_the_import_clearly(db):
    late = plan(csv_of(ANN))
    make_user(Role.STUDENT, "S99")
    User.objects.update(email="ann@school.test")
    with pytest.raises(ImportRefused) as caught:
        imports.apply(late)
    assert str(caught.value.problems[0]) == (
        "line 2: student Ann Ågren (S7): another one with the same e-mail was created "
        "during the import."
    )
    assert caught.value.code == "changed_meanwhile"
    assert caught.value.advice.endswith("Import the file again to see what is left to do.")


def test_a_subject_that_is_made_meanwhile_in_another_spelling_stops_the_import_clearly(db):
    late = plan(csv_of({"subject_code": "DB", "subject_name": "Databases"}))
    Subject.objects.create(code="db", name="Databases")
    with pytest.raises(ImportRefused) as caught:
        imports.apply(late)
    assert str(caught.value.problems[0]) == (
        "line 2: subject DB Databases: another one with the same code was created during the "
        "import."
    )
    assert Subject.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_conflict_at_the_very_end_takes_back_everything():
    late = plan(LARGE)
    in_the_way = make_user(Role.STUDENT, "S99")
    User.objects.filter(pk=in_the_way.pk).update(email=f"m{COUNT - 1}@school.test")
    before = stored()
    done: list[int] = []
    with pytest.raises(ImportRefused, match=rf"line {COUNT + 1}: student M {COUNT - 1}"):
        imports.apply(late, done.append)
    assert done[-1] > AT_ONCE  # much of it was done already
    assert stored() == before
    User.objects.filter(pk=in_the_way.pk).delete()
    run(LARGE)
    assert is_whole()
    assert plan(LARGE).steps == []


@pytest.mark.parametrize("number", ["S1", "S2"])
def test_what_is_no_longer_as_it_was_looked_at_stops_all_changes(db, course, number):
    data = csv_of({"subject_code": "OS", "subject_name": "New"}, EXISTING)
    late = plan(data, drop_missing=True)
    assert len(late.changes(Action.DROPPED)) == 2
    student = User.objects.get(institution_number=number)
    Enrolment.objects.filter(student_id=student.pk).update(is_active=False)
    before = stored()
    with pytest.raises(ImportRefused, match=rf"enrolment .*\({number}\) .* somebody else changed"):
        imports.apply(late)
    assert stored() == before
    run(data, drop_missing=True)
    assert Subject.objects.get().name == "New"
    assert not Enrolment.objects.filter(is_active=True).exists()


@pytest.mark.parametrize(("number", "told"), [("T1", "its teacher"), ("S9", "its student")])
@pytest.mark.django_db(transaction=True)
def test_nothing_refers_to_who_was_removed_meanwhile(teacher, outsider, number, told):
    late = plan(csv_of(TEACHING | {"teacher_number": "T1", "student_number": "S9"} | NO_NAMES))
    User.objects.filter(institution_number=number).delete()
    before = stored()
    with pytest.raises(ImportRefused, match=rf"line 2: .*: {told} was removed during the import"):
        imports.apply(late)
    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_whole():
    plans = [plan(LARGE), plan(LARGE)]

    def outcome(number: int) -> str:
        try:
            imports.apply(plans[number])
        except ImportRefused as error:
            return error.code
        return "done"

    outcomes = sorted(at_once(2, outcome))
    assert outcomes[0] in ("changed_meanwhile", "database_busy")
    assert outcomes[1] == "done"
    assert is_whole()
    assert plan(LARGE).steps == []


@pytest.mark.django_db(transaction=True)
def test_who_writes_the_same_in_the_middle_never_mixes_with_the_import():
    """The other one waits for the import on SQLite, and finds the address taken. On MongoDB the
    other one is first, so that the import is taken back."""
    late, before = plan(LARGE), stored()
    taken: list[bool] = []
    begun = threading.Event()

    def write() -> None:
        begun.set()
        taken.append(take_address(f"m{COUNT - 1}@school.test"))

    writer = threading.Thread(target=write)

    def told(done: int) -> None:
        if done and not writer.ident:
            writer.start()
            assert begun.wait(PATIENCE_S)
            if connection.vendor == "mongodb":
                writer.join()

    try:
        imports.apply(late, told)
        code = ""
    except ImportRefused as error:
        code = error.code
    writer.join()
    if connection.vendor == "mongodb":
        assert (code, taken) == ("changed_meanwhile", [True])
        User.objects.filter(institution_number="S99").delete()
        assert stored() == before
        run(LARGE)
    else:
        assert (code, taken) == ("", [False])
    assert is_whole()


def take_address(email: str) -> bool:
    try:
        person = User(email=email, institution_number="S99", role=Role.STUDENT, full_name="X")
        person.save(force_insert=True)
    except IntegrityError:
        return False
    finally:
        connections.close_all()
    return True


ENDED_HALFWAY = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from attendance_project import clock
from attendance_project.own_process import calls
from attendance_project.tests.reading_here import run_here
from sessions_app import imports

calls.run = run_here  # its process would have to wait for others on a busy machine
plan = imports.plan_enrolments(sys.stdin.buffer.read(), now=clock.now())

def told(done):
    if done > len(plan.writes) / 2:
        if connection.vendor == "mongodb":
            print(connection.session.session_id["id"].hex(), flush=True)
        os.kill(os.getpid(), int(sys.argv[1]))
        signal.pause()

imports.apply(plan, told)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_ended_halfway_leaves_nothing(end):
    run(CLASS)
    before = stored()
    name = str(connection.settings_dict["NAME"])
    killed = subprocess.run(
        [sys.executable, "-c", ENDED_HALFWAY, str(int(end))],
        cwd=ROOT,
        env=os.environ
        | {"SQLITE_PATH": name, "MONGODB_NAME": name}
        | {"DJANGO_SETTINGS_MODULE": "attendance_project.settings_test"},
        input=LARGE,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -end, killed.stderr
    assert stored() == before
    clear(killed.stdout.decode().strip())
    run(LARGE)
    assert Enrolment.objects.filter(is_active=True).count() == COUNT + 2


def clear(session: str) -> None:
    """Do what mongod does by itself about a minute after a process is gone."""
    if session:
        admin: Any = connection
        key = {"id": Binary(bytes.fromhex(session), 4)}
        admin.connection.admin.command("killSessions", [key])


def test_progress_is_told_in_steps_up_to_all_of_it(db):
    made, done = plan(LARGE), []
    imports.apply(made, done.append)
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, len(made.writes))
    assert len(done) > 6
