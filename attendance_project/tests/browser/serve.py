"""A daphne that loads the whole site first, and serves as soon as it is handed a socket.

Loading takes seconds, and on a busy machine half a minute. Where a test lets its server die and
come back, the next process is loaded by then, so that the server is away for a moment only.
"""

import socket
import sys

from daphne.cli import CommandLineInterface
from daphne.utils import import_by_path
from django.urls import get_resolver

from attendance_project.tests.browser.server import LOADED
from attendance_project.tests.patience import PATIENCE_S

OPTIONS = (
    "--no-server-name",
    # Daphne's own are 5, 30 and 10 seconds, after which it cuts connections that are only slow.
    f"--websocket_connect_timeout={PATIENCE_S}",
    f"--ping-timeout={PATIENCE_S}",
    f"--application-close-timeout={PATIENCE_S}",
)


def main(descriptor: int, application: str) -> None:
    line = socket.socket(fileno=descriptor)
    import_by_path(application)
    _ = get_resolver().url_patterns  # imports the views, which otherwise the first request does
    line.sendall(LOADED)
    _message, sockets, _flags, _address = socket.recv_fds(line, 1, 1)
    if sockets:  # none where the test that started this process has ended
        CommandLineInterface().run(["--fd", str(sockets[0]), *OPTIONS, application])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
