"""Receives the bodies of calls, before Django sees them: in memory, unread, and only so many bytes.

Daphne's own request keeps a body of 100 kB or more in a file, whatever its size, and reads a form
in the thread on which all other calls wait: 20 MB of ``&``, which anybody may send, held a server
for 18 seconds.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import daphne.http_protocol
from daphne.http_protocol import WebRequest
from django.conf import settings

MOST_HELD = 256 * 1024 * 1024
"""Bytes of all bodies that a process holds at once. Those that come then are answered with 503."""
MOST_FORGOTTEN = 48 * 1024 * 1024
"""Bytes of a body after which the connection is cut. Up to there the caller is told why."""
SMALL_BYTES = 64 * 1024
"""A body of up to this many bytes is taken even then, so that people can log in and scan codes."""
FORM = b"multipart/form-data"


class BoundedRequest(WebRequest):
    """A call whose body is kept in memory as far as it may be, and is not looked into.

    What is beyond the limit is received and forgotten. Django is then told the body's true length,
    and refuses it by that, so that the answer has the one shape of an error.
    """

    held = 0
    """Bytes of all bodies of this process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._length = self._kept = 0
        self._has_no_room = False
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:
        """Called by Twisted before the body comes. ``length`` is None where the caller sends it in
        chunks."""
        self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        """Called by Twisted with each piece of the body."""
        self._length += len(data)
        if self._length > MOST_FORGOTTEN:
            self.channel.forceAbortClient()
        if self._length > self._most_bytes():
            self._forget()
        elif self._length > SMALL_BYTES and BoundedRequest.held + len(data) > MOST_HELD:
            self._has_no_room = True
            self._forget()
        else:
            self.content.write(data)
            self._kept += len(data)
            BoundedRequest.held += len(data)

    def _most_bytes(self) -> int:
        kinds: Iterable[bytes] = self.requestHeaders.getRawHeaders(b"content-type") or ()
        is_form = any(kind.strip().lower().startswith(FORM) for kind in kinds)
        most: int = settings.MOST_BODY_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return most

    def _forget(self) -> None:
        BoundedRequest.held -= self._kept
        self._kept = 0
        self.content.seek(0)
        self.content.truncate()

    def process(self) -> Any:
        """Called by Twisted when all of the body has come."""
        if self._has_no_room:
            self.setHeader(b"Retry-After", b"5")
            return self.basic_error(503, b"Service Unavailable", "Try again in a moment.")
        if self._length > self._kept:
            self.requestHeaders.removeHeader(b"transfer-encoding")
            self.requestHeaders.setRawHeaders(b"content-length", [str(self._length).encode()])
        answering = super().process()
        if self.transport is None:  # it is a WebSocket from now on, of which no call ever ends
            self._give_back()
        return answering

    def finish(self) -> None:
        self._give_back()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self._give_back()
        super().connectionLost(reason)

    def _give_back(self) -> None:
        BoundedRequest.held -= self._kept
        self._kept = 0


def install() -> None:
    """Let daphne, in this process, receive every call by BoundedRequest."""
    daphne.http_protocol.WebRequest = BoundedRequest
