"""The site as a process of its own, on the test's database."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

STOP_S = 20


class Server:
    """A daphne on a port of its own. ``mails`` is the folder that its mails go to."""

    def __init__(
        self,
        application: str = "attendance_project.asgi:application",
        *,
        face_engine: str = "fake",
    ) -> None:
        self.application = application
        self.face_engine = face_engine
        self.folder = tempfile.TemporaryDirectory(prefix="attendance-browser-")
        self.mails = Path(self.folder.name) / "mails"
        self.log = Path(self.folder.name) / "server.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Callers need not wait: the port is open at once, and connections queue."""
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self.port))
            listening.listen(64)
            self.port = listening.getsockname()[1]
            descriptor = listening.fileno()
            daphne = (sys.executable, "-m", "daphne", "--fd", str(descriptor), "--no-server-name")
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [*daphne, self.application],
                    env=self._environment(),
                    pass_fds=[descriptor],
                    stdout=log,
                    stderr=log,
                )

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(STOP_S)
            self.process = None

    def crash(self) -> None:
        """Without a word to anybody; ``start`` comes back on the same port."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(STOP_S)
            self.process = None

    def close(self) -> None:
        self.stop()
        self.folder.cleanup()

    def _environment(self) -> dict[str, str]:
        database = str(connection.settings_dict["NAME"])
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "attendance_project.tests.browser.server_settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "PYTHONWARNINGS": "",
            "SQLITE_PATH": database,
            "MONGODB_NAME": database,
            "PUBLIC_URL": self.url,
            "EMAIL_FOLDER": str(self.mails),
            "FACE_ENGINE": self.face_engine,
        }
