"""The site as a process of its own, on the test's database."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.db import connection

from attendance_project.settings import BASE_DIR
from attendance_project.tests.patience import PATIENCE_S

LOADED = b"+"
"""What the process says when it has loaded the site (serve.py)."""
LIVE_FILMS_MOST = 2
"""The films that the server makes at once: so few that a test can hold every place."""
WARMING = ("/login/", "/student/", "/texts.js", "/static/css/app.css", "/api/v1/profile/0")
"""One address of each kind: what the server reads once, it has read after these."""


@dataclass
class _Process:
    """A process that loads the site, and serves once it is handed a listening socket."""

    itself: subprocess.Popen[bytes]
    line: socket.socket

    def wait_until_loaded(self) -> None:
        self.line.settimeout(PATIENCE_S)
        assert self.line.recv(1) == LOADED, "the server did not start: see its log"

    def serve(self, listening: socket.socket) -> None:
        socket.send_fds(self.line, [b"."], [listening.fileno()])

    def end(self, *, at_once: bool) -> None:
        self.itself.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)
        self.itself.wait(PATIENCE_S)
        self.line.close()


class Server:
    """A daphne on a port of its own. ``mails`` is the folder into which its mails go."""

    def __init__(
        self,
        application: str = "attendance_project.asgi:application",
        *,
        face_engine: str = "fake",
        settings: str = "attendance_project.tests.browser.server_settings",
    ) -> None:
        self.application = application
        self.settings = settings
        self.face_engine = face_engine
        self.folder = tempfile.TemporaryDirectory(prefix="attendance-browser-")
        self.mails = Path(self.folder.name) / "mails"
        self.log = Path(self.folder.name) / "server.log"
        self.port = 0
        self._serving: _Process | None = None
        self._next: _Process | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        """The number of the process that serves."""
        assert self._serving is not None
        return self._serving.itself.pid

    def start(self) -> None:
        """Start. Callers need not wait: the port is open at once, and connections queue."""
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self.port))
            listening.listen(64)
            self.port = listening.getsockname()[1]
            self._serving, self._next = self._next or self._load(), None
            self._serving.serve(listening)

    def prepare(self) -> None:
        """Load the process that the next ``start`` puts to work, and wait until it is loaded."""
        self._next = self._load()
        self._next.wait_until_loaded()

    def warm_up(self) -> None:
        """Wait until it serves, and let it do beforehand what only a first request needs."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE_S) as client:
            for path in WARMING:
                client.get(path)

    def stop(self) -> None:
        self._end(at_once=False)

    def crash(self) -> None:
        """End without telling anybody. ``start`` comes back on the same port."""
        self._end(at_once=True)

    @contextmanager
    def no_file_beyond(self, size: int) -> Iterator[None]:
        """Let the process write no file of more bytes than that, inside the block."""
        pid = self.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
        yield
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

    def close(self) -> None:
        self.stop()
        if self._next is not None:
            self._next.end(at_once=True)
        self.folder.cleanup()

    def _end(self, *, at_once: bool) -> None:
        if self._serving is not None:
            self._serving.end(at_once=at_once)
            self._serving = None

    def _load(self) -> _Process:
        ours, theirs = socket.socketpair()
        serve = (sys.executable, "-m", "attendance_project.tests.browser.serve")
        with theirs, self.log.open("ab") as log:
            process = subprocess.Popen(
                [*serve, str(theirs.fileno()), self.application],
                env=self._environment(),
                pass_fds=[theirs.fileno()],
                stdout=log,
                stderr=log,
            )
        return _Process(process, ours)

    def _environment(self) -> dict[str, str]:
        database = str(connection.settings_dict["NAME"])
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": str(BASE_DIR),
            "PYTHONWARNINGS": "",
            "PYTHONUNBUFFERED": "1",
            "SQLITE_PATH": database,
            "MONGODB_NAME": database,
            "PUBLIC_URL": self.url,
            "EMAIL_FOLDER": str(self.mails),
            "FACE_ENGINE": self.face_engine,
            "LIVE_FILMS_MOST": str(LIVE_FILMS_MOST),
        }
