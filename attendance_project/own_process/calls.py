"""Calls a function in a process of its own, and waits for what it returns."""

import atexit
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from attendance_project.own_process.limits import AT_ONCE, MOST_WAIT_S, MOST_WALL_S
from attendance_project.own_process.packing import packed, unpacked
from attendance_project.own_process.server import MESSAGE_LENGTH

_ROOT = Path(__file__).resolve().parents[2]
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A process with threads cannot be forked safely, and libraries for numbers start some."""

logger = logging.getLogger(__name__)


class TooCostly(Exception):
    """The function took more of the processor's time or more memory than it may, or its process
    died."""


class TooLate(Exception):
    """The function was not done in time by the clock, though it took no more than it may: it
    waited, or other work had the processor."""


class NoPlace(Exception):
    """As many processes as may run at once were running all the time that the caller waited."""


_TOLD = {TooCostly: "took too much, or its process died", TooLate: "was not done in time"}
"""The words with which the log goes on after the function's name, for each of the errors."""


def run(
    function: Callable[..., Any], *arguments: Any, ask: Callable[..., Any] | None = None
) -> Any:
    """What ``function(*arguments)`` returns or raises. Raises TooCostly, TooLate and NoPlace.

    The function belongs to a module, uses no database, and is given the caller's language. With
    ``ask`` it gets a further argument: a function that asks the caller's own process and returns
    what ``ask`` answers there. Arguments, answers and results are copied by pickle.
    """
    with _place():
        ends_at_s = time.monotonic() + MOST_WALL_S
        with _server.begin(function.__module__) as connection:
            talk = _Talk(connection, ends_at_s)
            try:
                talk.send((function, arguments, get_language(), ask is not None))
                kind, content = talk.received()
                while kind == "asks" and ask is not None:
                    talk.send(ask(*content))
                    kind, content = talk.received()
            except (TooCostly, TooLate) as error:
                logger.warning("%s %s.", function.__qualname__, _TOLD[type(error)])
                raise
    if kind == "raised":
        raise content
    return content


@dataclass(frozen=True)
class _Talk:
    """What is said to a process and by it, until a moment of the monotonic clock."""

    connection: Connection
    ends_at_s: float

    def send(self, content: Any) -> None:
        """Raises TooCostly and TooLate where nobody is there any more."""
        try:
            self.connection.send_bytes(packed(content))
        except OSError as error:
            raise self._gone() from error

    def received(self) -> tuple[str, Any]:
        """What the process says next. Raises TooCostly and TooLate where it says nothing any
        more."""
        try:
            if not self.connection.poll(max(0.0, self.ends_at_s - time.monotonic())):
                raise TooLate
            kind, content = unpacked(self.connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise self._gone() from error
        if kind == "costly":
            raise TooCostly
        return kind, content

    def _gone(self) -> Exception:
        """Why the process is no more: its own clock ends it no earlier than ours."""
        return TooLate() if time.monotonic() >= self.ends_at_s else TooCostly()


_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=MOST_WAIT_S):
        raise NoPlace
    try:
        yield
    finally:
        _places.release()


def prepare(*modules: str) -> None:
    """Start the server process before it is needed, and let it load these modules meanwhile.

    The first call then waits for no start, and takes no time of the processor from a request.
    """
    _server.prepare(modules)


class _Server:
    """The server process of this process (server.py), which is started when it is first needed and
    again where it has died or this process is itself a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._modules: tuple[str, ...] = ()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def prepare(self, modules: tuple[str, ...]) -> None:
        """Start, with these modules loaded then and after each later start."""
        with self._lock:
            self._modules = modules
            self._running()

    def begin(self, module: str) -> Connection:
        """The connection to a new process that has the module loaded."""
        ours, theirs = socket.socketpair()
        with theirs:
            message = [module.encode().ljust(MESSAGE_LENGTH)]
            with self._lock:
                try:
                    socket.send_fds(self._running(), message, [theirs.fileno()])
                except OSError:  # it has died
                    self.end()
                    socket.send_fds(self._running(), message, [theirs.fileno()])
        return Connection(ours.detach())

    def _running(self) -> socket.socket:
        has_died = self._process is not None and self._process.poll() is not None
        if has_died:
            self.end()
        if self._control is None or self._owner != os.getpid():
            self._process, self._control = _start(self._modules)
            self._owner = os.getpid()
        return self._control

    def end(self) -> None:
        """End the server process of this process and what it still runs, and wait for that.

        It is told by a signal, since it would see only after all its loading that nobody is there.
        """
        if self._control is None or self._process is None or self._owner != os.getpid():
            return
        self._control.close()
        self._control = None
        with suppress(ProcessLookupError):  # it has died
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()


def _start(modules: Sequence[str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "attendance_project.own_process.server"]
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with theirs:
        process = subprocess.Popen(  # it ends when our end of the socket is closed
            [*command, str(theirs.fileno()), *modules],
            env=os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            # Ctrl-C in a terminal is for the web server, which ends it. A session of its own would
            # get the same share of the processor as the web server, however nice it is (sched(7)).
            process_group=0,
        )
    return process, ours


_server = _Server()
atexit.register(_server.end)
