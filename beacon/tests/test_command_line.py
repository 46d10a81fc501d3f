"""The program as it is started: its options, its token, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from beacon.__main__ import REFUSED, main
from beacon.tests.patience import PATIENCE_S

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SESSION = "5e000000-0000-4000-8000-000000000000"


class Answering(BaseHTTPRequestHandler):
    """A server that accepts one token."""

    def do_GET(self) -> None:  # http.server calls it by this name
        good = self.headers["Authorization"] == "Beacon good"
        body = {
            "server_time_s": time.time(),
            "ask_again_s": 1,
            "room": "B-204",
            "session": {"id": SESSION, "title": "OS", "state": "open"},
            "key": "00" * 32,
        }
        self.send_response(200 if good else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body if good else {"code": "beacon_token_not_valid"}).encode())

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=running.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def started(server, *options, token):
    """Start it with a radio that is not there, so that it behaves alike on every machine."""
    command = [sys.executable, "-m", "beacon", "--server", server, *options]
    return subprocess.Popen(
        [*command, "--radio", "bumble:tcp-client:127.0.0.1:9"],
        cwd=ROOT,
        env=os.environ | {"BEACON_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_what_is_missing_and_ends_when_told_to(server, number):
    process = started(server, "--session", SESSION, token="good")
    told = ""
    while "Radio: Bumble cannot" not in told or "Session:" not in told:
        told += process.stdout.readline()
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "Session: OS, room B-204, open" in told
    assert "Check what stands after --radio" in told
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("options", "token", "words"),
    [
        (("--room",), "revoked", "revoked or replaced"),
        (("--session", "6f000000-0000-4000-8000-000000000000"), "good", "not for session 6f"),
    ],
)
def test_a_token_that_is_not_taken_ends_it_with_a_status_of_its_own(server, options, token, words):
    process = started(server, *options, token=token)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == REFUSED
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--server", "https://s.test"],
        ["--server", "s.test", "--room"],
        ["--server", "https://s.test", "--session", "B-204"],
        ["--server", "https://s.test", "--room", "--session", SESSION],
    ],
)
def test_options_that_make_no_sense_are_explained(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m beacon" in capsys.readouterr().err


def test_without_a_token_it_says_where_one_goes(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("BEACON_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115  # for the whole test
    assert main(["--server", "https://s.test", "--room"]) == REFUSED
    assert "--token-file" in capsys.readouterr().err
    missing = str(tmp_path / "nothing")
    assert main(["--server", "https://s.test", "--room", "--token-file", missing]) == REFUSED
    assert "cannot be read" in capsys.readouterr().err
    sys.stdin.close()


def test_a_token_is_read_from_a_file(server, tmp_path):
    file = tmp_path / "token"
    file.write_text("bad\n")
    process = started(server, "--room", "--token-file", str(file), token="good")
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == REFUSED
