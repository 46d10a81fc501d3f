"""The program on the command line: what it prints, and what it says when something is missing."""

import getpass
import stat
from datetime import UTC, datetime

import pytest

from conftest import PASSWORD
from phone.__main__ import main
from sessions_app.models import Session
from sessions_app.services.codes import short_code
from verification.tests.support import tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def run(live_server, tmp_path, capsys, monkeypatch):
    """Run a command. Returns its exit code, and what it printed to both streams."""
    monkeypatch.setattr(getpass, "getpass", lambda: PASSWORD)

    def call(*arguments, server=live_server.url):
        home = ("--server", server, "--keep-in", str(tmp_path / "phone"))
        code = main([*home, *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


def test_logging_in_and_seeing_what_is_open(run, student, open_session, tmp_path):
    assert run("sessions") == (2, "Nobody is logged in here yet: run 'log-in EMAIL' first.\n")
    code, printed = run("log-in", student.email)
    assert (code, "Logged in as Student S1." in printed) == (0, True)
    assert stat.S_IMODE((tmp_path / "phone" / "login.json").stat().st_mode) == 0o600
    for _ in range(2):  # a refresh token is good once
        assert str(open_session.pk) in run("sessions")[1]
    assert "active" in run("devices")[1]
    assert run("log-out")[0] == 0
    assert run("sessions")[0] == 2


def test_checking_in_with_codes(run, student, open_session):
    Session.objects.filter(pk=open_session.pk).update(level="room", bluetooth="off")
    run("log-in", student.email)
    code, printed = run("check-in", "--tokens", *tokens(open_session))
    assert code == 0
    assert "You are present" in printed


def test_checking_in_with_the_digits(run, student, open_session):
    Session.objects.filter(pk=open_session.pk).update(level="room", bluetooth="off")
    run("log-in", student.email)
    digits = short_code(open_session, now=datetime.now(UTC)).digits
    assert run("check-in", "--short-code", digits)[0] == 2
    code, printed = run("check-in", "--short-code", digits, "--session", str(open_session.pk))
    assert (code, "teacher will confirm" in printed) == (0, True)


def test_what_is_missing_is_said(run, student, tmp_path):
    run("log-in", student.email)
    assert run("check-in")[0] == 2
    code, printed = run("check-in", "--tokens", "A", "--frames", str(tmp_path))
    assert (code, "no JPEG files" in printed) == (2, True)


def test_an_error_of_the_server_is_told_with_its_code(run, student, monkeypatch):
    monkeypatch.setattr(getpass, "getpass", lambda: "wrong")
    code, printed = run("log-in", student.email)
    assert (code, "(wrong_credentials)" in printed) == (1, True)


def test_a_server_that_is_away_is_told(run, student):
    code, printed = run("log-in", student.email, server="http://127.0.0.1:1")
    assert (code, "does not answer" in printed) == (1, True)
