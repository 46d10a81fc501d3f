"""``manage.py doctor``: each check is shown a state that is really wrong, and one that is right."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project_settings
from django.contrib.sessions.models import Session as WebLogIn
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from attendance_project import clock, health
from reports import doctor
from reports.doctor import check_in, database, faces, jobs, machine, server
from reports.doctor.lines import Level, Line
from reports.models import ErrorEvent
from sessions_app.models import CalendarSubscription, Session
from verification import services
from verification.models import FaceTemplate
from verification.services.faces import sealing

pytestmark = pytest.mark.django_db

GOOD_SECRETS = ("k8Jw-rT5nQz0LxVb3mYc", "p2Hd_sF7gWa9KeUo4iRt", "M6Nc-vB1xZq8JtSy5lDf")
LINE = re.compile(r"(ok|warning|fault) +([a-z -]+): (\S.*)")


def only(lines: Iterator[Line]) -> Line:
    (line,) = lines
    assert line.step or line.level is Level.OK
    return line


def is_ok(lines: Iterator[Line]) -> bool:
    return only(lines).level is Level.OK


def is_fault(lines: Iterator[Line], words: str) -> bool:
    line = only(lines)
    return line.level is Level.FAULT and words in str(line)


def warns(lines: Iterator[Line], words: str) -> bool:
    line = only(lines)
    return line.level is Level.WARNING and words in str(line)


# --- the command ----------------------------------------------------------------------------


@pytest.fixture
def healthy(settings, tmp_path: Path) -> None:
    """An installation as it should be. Its database is the tests' own."""
    settings.SECRET_KEY, settings.CODE_SECRET = GOOD_SECRETS[:2]
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "SIGNING_KEY": GOOD_SECRETS[2]}
    settings.FACE_TEMPLATE_KEYS = [Fernet.generate_key().decode()]
    settings.PUBLIC_URL = "https://attendance.school.example"
    settings.ALLOWED_HOSTS = ["attendance.school.example"]
    settings.BEHIND_PROXY = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.DEFAULT_FROM_EMAIL = "attendance@school.example"
    settings.VAR_DIR = settings.BASE_DIR = tmp_path
    tmp_path.chmod(0o700)
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).chmod(0o600)


def told() -> list[str]:
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        out.write(f"error: {error} ({error.returncode})")
    return out.getvalue().splitlines()


def test_healthy_installation_has_no_fault_and_each_line_is_one_check(healthy, settings) -> None:
    settings.FACE_ENGINE = "opencv"
    lines = told()

    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert [line for line in lines if line.startswith("fault")] == []
    assert [line for line in lines if line.startswith("warning") and "Passive" not in line] == []
    assert {LINE.fullmatch(line)[2] for line in lines} >= {
        *("secrets", "debug", "https", "hosts", "mail", "permissions", "disk", "faces"),
        *("face keys", "database", "migrations", "writing", "clock", "stored faces", "jobs"),
        "check-in",
    }


def test_fault_ends_the_command_with_status_1_and_every_other_check_is_still_said(
    healthy, settings
) -> None:
    settings.CODE_SECRET = "0" * 40
    lines = told()

    assert lines[-1] == "error: Faults: 1. Mend them, then run this again. (1)"
    assert sum(line.startswith("fault") for line in lines) == 1
    assert any(line.startswith("ok") and "check-in" in line for line in lines)


def test_no_secret_is_printed(healthy, settings) -> None:
    settings.CODE_SECRET = "secret-of-this-school-1234567890"
    settings.FACE_TEMPLATE_KEYS = ["not-a-key-but-still-private"]
    lines = "\n".join(told())

    for secret in (*GOOD_SECRETS, settings.CODE_SECRET, *settings.FACE_TEMPLATE_KEYS):
        assert secret not in lines


def test_nothing_is_left_behind(healthy, course) -> None:
    def rows() -> list[int]:
        return [model.objects.count() for model in (WebLogIn, Session, User, ErrorEvent)]

    before = rows()
    told()
    assert rows() == before


def test_new_folder_without_tables_is_told_what_to_run_with_status_1(tmp_path: Path) -> None:
    """It runs as a program of its own, on a database that nobody set up."""
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=project_settings.BASE_DIR,
        env={
            "PATH": "",
            "VAR_DIR": str(tmp_path),
            "MONGODB_URL": "",
            "SQLITE_PATH": str(tmp_path / "new.sqlite3"),
            "PUBLIC_URL": "http://attendance.school.example",
            "SECRET_KEY": GOOD_SECRETS[0] * 2,
            "CODE_SECRET": GOOD_SECRETS[1] * 2,
            "FACE_TEMPLATE_KEYS": Fernet.generate_key().decode(),
            "FACE_ENGINE": "opencv",
            "LOG_LEVEL": "ERROR",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert re.search(
        r"fault +migrations: \d+ changes .* → Run: manage.py setup_database", done.stdout
    )
    assert re.search(r"fault +https: ", done.stdout)
    assert re.search(r"ok +secrets: ", done.stdout)
    assert (
        "The check itself failed" not in done.stdout
    )  # nothing is asked of tables that are not there
    assert "CommandError: Faults: " in done.stderr
    assert "Traceback" not in done.stderr


def test_database_that_does_not_answer_is_one_fault_and_not_ten(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNREACHED],
        cwd=project_settings.BASE_DIR,
        env={
            "PATH": "",
            "DJANGO_SETTINGS_MODULE": "attendance_project.settings_test",
            "MONGODB_URL": "",
            "SQLITE_PATH": str(tmp_path / "none" / "attendance.sqlite3"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("fault    database: It does not answer (OperationalError).")
    assert done.stdout.count("\n") == 1


UNREACHED = """
import django
django.setup()
from reports import doctor
doctor.WITHOUT_A_DATABASE = ()
print(*doctor.examine(), sep="\\n")
"""


def test_check_that_breaks_is_a_fault_and_stops_no_other(healthy, settings) -> None:
    settings.SIMPLE_JWT = {}  # the check of secrets cannot even read it
    lines = told()
    assert any(
        line.startswith("fault") and "secrets" in line and "KeyError" in line for line in lines
    )
    assert any("check-in" in line for line in lines)


# --- the server -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SECRET_KEY", "CODE_SECRET"])
@pytest.mark.parametrize(
    "secret", ["a" * 50, "django-insecure-" + GOOD_SECRETS[0] * 2, "changeme" * 5]
)
def test_secret_that_can_be_guessed_is_a_fault(healthy, settings, name: str, secret: str) -> None:
    assert is_ok(server.secrets())
    setattr(settings, name, secret)
    assert is_fault(server.secrets(), name)


def test_one_secret_for_codes_and_log_ins_is_a_fault(healthy, settings) -> None:
    settings.CODE_SECRET = settings.SIMPLE_JWT["SIGNING_KEY"]
    assert is_fault(server.secrets(), "Whoever learns one has both")


def test_secrets_of_new_env_are_good(healthy, settings) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "attendance_project.new_env"],
        cwd=Path(doctor.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    given = dict(line.split("=", 1) for line in made.stdout.splitlines())
    settings.SECRET_KEY, settings.CODE_SECRET = given["SECRET_KEY"], given["CODE_SECRET"]
    settings.FACE_TEMPLATE_KEYS = [given["FACE_TEMPLATE_KEYS"]]
    assert is_ok(server.secrets())
    assert is_ok(faces.keys())


def test_debug_is_a_fault_where_others_come_and_a_warning_at_home(healthy, settings) -> None:
    assert is_ok(server.debug())
    settings.DEBUG = True
    assert is_fault(server.debug(), "DEBUG=0")
    settings.PUBLIC_URL = "http://localhost:8000"
    assert warns(server.debug(), "DEBUG=0")


def test_https_is_needed_and_its_settings_fit(healthy, settings) -> None:
    assert is_ok(server.https())
    settings.SECURE_HSTS_SECONDS = 0
    assert warns(server.https(), "HSTS_SECONDS")
    settings.BEHIND_PROXY = False
    assert warns(server.https(), "BEHIND_PROXY=1")
    settings.PUBLIC_URL = "http://attendance.school.example"
    assert is_fault(server.https(), "certificate")
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert warns(server.https(), "no phone can reach")


def test_own_host_has_to_be_allowed_and_not_every_other(healthy, settings) -> None:
    assert is_ok(server.hosts())
    settings.ALLOWED_HOSTS = ["localhost"]
    assert is_fault(server.hosts(), "Add attendance.school.example")
    settings.ALLOWED_HOSTS = ["*"]
    assert warns(server.hosts(), "any host")


def test_mail_to_nobody_is_a_fault_where_people_need_it(healthy, settings) -> None:
    for backend in ("console", "filebased"):
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
        assert is_fault(server.mail(), "EMAIL_HOST")
    settings.PUBLIC_URL = "http://localhost:8000"
    assert warns(server.mail(), "EMAIL_HOST")


@pytest.fixture
def mail_server(settings) -> Iterator[Callable[[bytes], None]]:
    """A server on this machine that greets with what it is told, and answers EHLO and QUIT."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""

    def greet(words: bytes) -> None:
        def serve() -> None:
            with listening.accept()[0] as caller, caller.makefile("rb") as lines:
                caller.sendall(words)
                for line in lines:
                    caller.sendall(
                        b"250 well\r\n" if line[:4].upper() != b"QUIT" else b"221 bye\r\n"
                    )

        threading.Thread(target=serve, daemon=True).start()

    yield greet
    listening.close()


def test_mail_server_is_really_asked(healthy, settings, mail_server) -> None:
    mail_server(b"220 mail.school.example\r\n")
    assert is_ok(server.mail())
    settings.DEFAULT_FROM_EMAIL = "attendance@localhost"
    mail_server(b"220 mail.school.example\r\n")
    assert warns(server.mail(), "DEFAULT_FROM_EMAIL")
    mail_server(b"554 no mail from you\r\n")
    assert is_fault(server.mail(), "SMTPConnectError")


def test_mail_server_that_is_not_there_is_a_fault(healthy, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert is_fault(server.mail(), "127.0.0.1:1 takes no mail (ConnectionRefusedError)")


# --- the machine ----------------------------------------------------------------------------


def test_secrets_that_others_may_read_are_a_fault(healthy, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    assert is_ok(machine.private_files())
    file.chmod(0o640)
    assert is_fault(machine.private_files(), f"chmod 600 {file}")


@pytest.mark.once  # MongoDB keeps its files itself
def test_database_that_others_may_read_is_a_fault(healthy) -> None:
    file = Path(connection.settings_dict["NAME"])
    file.chmod(0o644)
    try:
        assert is_fault(machine.private_files(), f"chmod 600 {file}")
    finally:
        file.chmod(0o600)


def test_folder_into_which_others_may_write_or_the_server_cannot(
    healthy, settings, tmp_path
) -> None:
    tmp_path.chmod(0o770)
    assert is_fault(machine.private_files(), f"chmod go-w {tmp_path}")
    settings.VAR_DIR = tmp_path / "none"
    assert is_fault(machine.private_files(), "cannot write into")


def test_disk_without_room_is_a_fault_and_scarce_room_a_warning(
    healthy, settings, monkeypatch
) -> None:
    free = min(health.free_bytes(folder) for folder in health.written_folders())
    monkeypatch.setattr(machine, "SCARCE_BYTES", free // 2)
    assert is_ok(machine.disk())
    monkeypatch.setattr(machine, "SCARCE_BYTES", free * 2)
    assert warns(machine.disk(), "GB are free")
    settings.VAR_DIR = "/no/such/disk"
    assert is_fault(machine.disk(), "0.0 GB are free")


# --- the database ---------------------------------------------------------------------------


def test_database_of_a_version_that_nobody_supports_any_more(healthy, monkeypatch) -> None:
    assert is_ok(database.version())
    monkeypatch.setattr(connection.features, "minimum_database_version", (99, 0))
    assert is_fault(database.version(), "too old")


def test_server_with_and_without_transactions(healthy) -> None:
    lines = list(database.replica_set())
    if connection.vendor == "sqlite":
        assert lines == []
    else:
        has_transactions = connection.connection.admin.command("hello").get("setName")
        assert (lines[0].level is Level.OK) == bool(has_transactions)


@pytest.mark.once  # the check has nothing of its own for MongoDB
def test_database_that_takes_no_row_is_a_fault(healthy) -> None:
    assert is_ok(database.writing())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            assert is_fault(database.writing(), "OperationalError")
        finally:
            cursor.execute("PRAGMA query_only = OFF")


def test_clock_that_is_not_the_databases(healthy, monkeypatch) -> None:
    assert is_ok(database.clocks())
    if connection.vendor == "sqlite":  # it has this machine's clock
        assert "No other clock was asked" in only(database.clocks()).words
        return
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=10))
    assert warns(database.clocks(), "10 s apart")
    monkeypatch.setattr(clock, "now", lambda: now() - timedelta(hours=1))
    assert is_fault(database.clocks(), "apart")


# --- faces ----------------------------------------------------------------------------------


def test_fake_engine_in_earnest_is_a_fault(healthy, settings) -> None:
    settings.FACE_ENGINE, settings.FACE_ENGINE_MAY_BE_FAKE = "fake", False
    lines = [line for line in faces.weights_and_engine() if line.level is Level.FAULT]
    assert "FACE_ENGINE=fake is for tests only" in lines[0].words


def test_missing_passive_detection_is_a_warning_and_an_unusable_file_a_fault(
    healthy, settings, tmp_path: Path
) -> None:
    settings.FACE_ENGINE = "opencv"
    assert {line.level for line in faces.weights_and_engine()} == {Level.WARNING, Level.OK}
    settings.FACE_PASSIVE_MODEL = str(tmp_path / "none.onnx")
    assert is_fault(faces.weights_and_engine(), "no such file")


@pytest.mark.parametrize("key", ["short", "A" * 43 + "=", "!" * 44])
def test_key_that_nobody_drew_is_a_fault(healthy, settings, key: str) -> None:
    assert is_ok(faces.keys())
    settings.FACE_TEMPLATE_KEYS = [*settings.FACE_TEMPLATE_KEYS, key]
    assert is_fault(faces.keys(), "number 2")


def test_faces_that_no_key_opens_any_more_are_a_fault(
    healthy, settings, student, classmate
) -> None:
    def keep_face(owner: User, at: datetime, status: str = "approved") -> None:
        FaceTemplate.objects.create(
            student=owner,
            engine="fake",
            ciphertext=sealing.seal(owner.pk, sealing.FACE, b"a face")
            if status == "approved"
            else b"",
            consent_version="1",
            status=status,
            enrolled_at=at,
        )

    now, first = clock.now(), settings.FACE_TEMPLATE_KEYS
    assert is_ok(faces.stored_faces())
    keep_face(student, now - timedelta(days=9))
    keep_face(student, now - timedelta(days=10), status="rejected")
    assert is_ok(faces.stored_faces())
    settings.FACE_TEMPLATE_KEYS = [Fernet.generate_key().decode()]
    keep_face(classmate, now)
    assert is_fault(faces.stored_faces(), "(faces)")
    settings.FACE_TEMPLATE_KEYS = [*settings.FACE_TEMPLATE_KEYS, *first]
    assert is_ok(faces.stored_faces())


# --- jobs and the check-in ------------------------------------------------------------------


def test_what_jobs_left_undone_is_told_with_the_job(healthy, open_session, teacher) -> None:
    now = clock.now()
    assert is_ok(jobs.overdue())
    Session.objects.filter(pk=open_session.pk).update(
        starts_at=now - timedelta(hours=5), ends_at=now - timedelta(hours=3)
    )
    assert warns(jobs.overdue(), "manage.py settle_attempts")
    Session.objects.filter(pk=open_session.pk).update(reopened_at=now)
    assert is_ok(jobs.overdue())

    old = now - project_settings.ERROR_LOG_KEPT - timedelta(days=4)
    ErrorEvent.objects.create(at=old, status=500, method="GET", code="Boom", route="x")
    WebLogIn.objects.create(session_key="over", expire_date=now - timedelta(days=4))
    CalendarSubscription.objects.create(
        owner=teacher, address="https://a.example/c.ics", created_at=now - timedelta(days=2)
    )
    steps = [line.step for line in jobs.overdue()]
    assert [step.split()[4] for step in steps] == [
        "purge_errors",
        "purge_expired",
        "read_calendars",
    ]


def test_jobs_that_are_only_just_due_are_no_trouble(healthy, teacher) -> None:
    now = clock.now()
    WebLogIn.objects.create(session_key="over", expire_date=now - timedelta(days=1))
    CalendarSubscription.objects.create(
        owner=teacher, address="https://a.example/c.ics", created_at=now - timedelta(minutes=5)
    )
    assert is_ok(jobs.overdue())


def test_codes_on_trial_count_and_forged_ones_do_not(healthy, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert is_ok(check_in.trial())


def test_codes_on_trial_fail_at_a_time_that_cannot_be(healthy, monkeypatch) -> None:
    before_all_clocks = datetime(1969, 7, 20, tzinfo=UTC)
    assert services.try_codes(now=before_all_clocks).good.value == "refused"
    monkeypatch.setattr(clock, "now", lambda: before_all_clocks)
    assert is_fault(check_in.trial(), "Set the clock right")


def test_every_check_is_run_by_the_command() -> None:
    modules = (check_in, database, faces, jobs, machine, server)
    checks = {
        function
        for module in modules
        for function in vars(module).values()
        if callable(function)
        and getattr(function, "__module__", "") == module.__name__
        and not function.__name__.startswith("_")
    }
    on_the_database = {check for stage in doctor.ON_THE_DATABASE for check in stage}
    assert checks == {*doctor.WITHOUT_A_DATABASE, *on_the_database}
