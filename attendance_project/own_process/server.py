"""The process that all the others are forked from: it has loaded the program, and nothing else.

The web server itself cannot be forked, since its threads and its connections to the database would
be lost or shared. This process has one thread and no connection. It is told, for each call, the
module to have loaded, and is handed the socket over which the call comes.
"""

import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

import django
from django.utils import translation

from attendance_project.own_process import limits

MESSAGE_LENGTH = 200
"""Bytes of a message: the name of a module, and blanks up to this length."""

logger = logging.getLogger(__name__)


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Load the modules, and serve until the other end is closed."""
    control = socket.socket(fileno=descriptor)
    os.nice(limits.NICENESS)
    django.setup()
    for module in modules:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that end
    if not limits.limits_memory():
        logger.warning(
            "This system limits the time but not the memory of a process that reads a file."
        )
    while True:
        message, sockets, _flags, _address = socket.recv_fds(control, MESSAGE_LENGTH, 1)
        if not sockets:
            return
        import_module(message.decode().strip())
        _fork(control, sockets[0])


def _fork(control: socket.socket, descriptor: int) -> None:
    if os.fork():
        os.close(descriptor)
        return
    status = 1
    try:
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        limits.limit_this_process()
        _answer(Connection(descriptor))
        status = 0
    finally:
        os._exit(status)  # what was opened before the fork is not this process's to close


def _answer(connection: Connection) -> None:
    """Receive one call, and send what became of it."""
    try:
        function, arguments, language, asks = connection.recv()
        result = _call(connection, function, arguments, language, asks=asks)
        connection.send(("done", result))
    except MemoryError:
        connection.send(("costly", None))
    except Exception as error:
        for line in traceback.format_tb(error.__traceback__):
            error.add_note(line)
        connection.send(("raised", error))


def _call(
    connection: Connection, function: Any, arguments: Any, language: str, *, asks: bool
) -> Any:
    def ask(*question: Any) -> Any:
        connection.send(("asks", question))
        return connection.recv()

    with translation.override(language):
        return function(*arguments, ask) if asks else function(*arguments)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
