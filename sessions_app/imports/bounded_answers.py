"""A connection whose answer has an end, whatever the server at the other side sends.

http.client goes on as long as lines come: after each "100 Continue", in the lines behind the last
chunk, and with chunks of one byte. That kept a core busy for as long as a calendar may take.
"""

import socket
from http.client import HTTPException
from typing import Any, BinaryIO

MOST_LINES = 20_000
"""Lines of an answer beside its body: of headers, and one for each chunk. Servers send chunks of
some thousand bytes, so that the largest calendar takes about a thousand."""
MOST_LINE_BYTES = 1024 * 1024
"""Bytes of all these lines together."""


class BoundedSocket:
    """The part of a socket that http.client uses. The lines of an answer are counted."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> "_BoundedFile":
        return _BoundedFile(self._sock.makefile("rb"))

    def close(self) -> None:
        self._sock.close()


class _BoundedFile:
    """What the server sends, with its lines counted."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines = self._bytes = 0

    def readline(self, limit: int = -1) -> bytes:
        """Raises HTTPException beyond the limits."""
        line = self._file.readline(limit)
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MOST_LINES or self._bytes > MOST_LINE_BYTES:
            raise HTTPException("too many lines")
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
