"""Receives calls before Django sees them: their bodies in memory, unread, and only so many bytes.

Calls that open a websocket wait here for their turn, since only a few handshakes go on at once.

Daphne's own request keeps a body of 100 kB or more in a file, whatever its size, and reads a form
in the thread on which all other calls wait: 20 MB of ``&``, which anybody may send, held a server
for 18 seconds.
"""

import codecs
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, ClassVar

import daphne.http_protocol
import daphne.ws_protocol
from daphne.http_protocol import WebRequest
from django.conf import settings
from django.utils.http import parse_header_parameters
from twisted.web.http import HTTPChannel

from attendance_project import error_pages
from attendance_project.body_room import BodyRoom
from attendance_project.ending import Ending
from attendance_project.websockets import (
    HANDSHAKES_AT_ONCE,
    MOST_WAITING,
    BoundedWebSocket,
    WaitingLine,
)

MOST_FORGOTTEN = 48 * 1024 * 1024
"""Bytes of a body after which the connection is cut. Up to there the caller is told why."""
MOST_PIECES = 10_000
"""Pieces in which a body in chunks may come, and a further one for each LEAST_OF_PIECE bytes. Each
costs the thread on which all calls wait: a million chunks of a byte made others wait for 3 s."""
LEAST_OF_PIECE = 100
"""Bytes that each piece above MOST_PIECES has to have on the average of the whole body."""
SMALL_BYTES = 64 * 1024
"""A body of up to this many bytes is always taken, so that people can log in and scan codes."""
FORM = b"multipart/form-data"
CHARSETS = {"utf-8", "ascii", "iso8859-1", "cp1252"}
"""Charsets that a Content-Type may name, as Python calls them. Django reads the parts of an address
by the one that is named, and fails where Python knows it but it decodes no text, such as
``zlib``."""
ROOT_PATH = b"daphne-root-path"
"""A header by which a caller would put text of theirs before each address that a page names, such
as another site's. Nothing reads it here."""


class BoundedRequest(WebRequest):
    """A call whose body is kept in memory as far as it may be, and is not looked into.

    What is beyond the limit is received and forgotten. Django is then told the body's true length,
    and refuses it by that, so that the answer has the one shape of an error.
    """

    room: ClassVar[BodyRoom]
    """The memory that all bodies of this process share."""
    address_of: ClassVar[Callable[[str, str], str]]
    """Finds the caller's address by the connection's and by what X-Forwarded-For says."""
    person_of: ClassVar[Callable[[str], str]]
    """Finds the id of the person by the Authorization header, without a question to the database.
    It is empty where there is no valid token."""
    account_of: ClassVar[Callable[[str], str]]
    """Finds what stands for an account that logged in from this browser, by the Cookie header and
    without a question to the database. It is empty for a stranger."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.kept = self._length = self._pieces = 0
        self.address = self.person = ""
        self.began_at_s = time.monotonic()
        self.is_whole = False
        self._has_no_room = self._is_in_chunks = self._is_refused = False
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self._too_late = self.channel.callLater(
            settings.LONGEST_CALL_S, self.channel.forceAbortClient
        )

    def gotLength(self, length: int | None) -> None:
        """Called by Twisted before the body comes. ``length`` is None where the caller sends it in
        chunks."""
        self.content = BytesIO()
        self._is_in_chunks = length is None
        peer = getattr(self.channel.getPeer(), "host", "")
        self.address = type(self).address_of(peer, self._text_of(b"x-forwarded-for"))
        if length is None or length > SMALL_BYTES:
            self.person = type(self).person_of(self._text_of(b"authorization"))

    def _text_of(self, header: bytes) -> str:
        """Any bytes are text in Latin-1. Twisted takes them for UTF-8, which they need not be."""
        value: bytes = self.getHeader(header) or b""
        return value.decode("latin-1")

    def handleContentChunk(self, data: bytes) -> None:
        """Called by Twisted with each piece of the body."""
        self._length += len(data)
        self._pieces += 1
        if self._length > MOST_FORGOTTEN:
            self.channel.forceAbortClient()
        if self._is_in_chunks and self._pieces > MOST_PIECES + self._length / LEAST_OF_PIECE:
            self._refuse()
        if self._has_no_room:
            return
        if self._length > self._most_bytes():
            self._forget()
        elif self.room.take(self, len(data), now_s=time.monotonic()):
            self.content.write(data)
        else:
            self.give_way()

    def give_way(self) -> None:
        """Forget the body and what still comes of it. The answer is 503."""
        self._has_no_room = True
        self._forget()

    def _refuse(self) -> None:
        """Answer at once, and end the connection, since the body goes on."""
        if not self._is_refused:
            self._is_refused = True
            self.give_way()
            self.channel.refuse(400, b"Bad Request")

    def _most_bytes(self) -> int:
        kinds: Iterable[bytes] = self.requestHeaders.getRawHeaders(b"content-type") or ()
        is_form = any(kind.strip().lower().startswith(FORM) for kind in kinds)
        most: int = settings.MOST_BODY_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return most

    def _names_odd_charset(self) -> bool:
        try:
            _kind, told = parse_header_parameters(self.getHeader("content-type") or "")
            return codecs.lookup(told.get("charset", "utf-8")).name not in CHARSETS
        except LookupError:  # Django forgets a name that nobody knows
            return False
        except ValueError:  # the header itself is written in such a charset
            return True

    def _forget(self) -> None:
        self.room.leave(self)
        self.content.seek(0)
        self.content.truncate()

    def process(self) -> Any:
        """Called by Twisted when all of the body has come."""
        self.is_whole = True
        self._end_waiting()
        if self._is_refused:
            return None
        if self._has_no_room or Ending.has_begun:
            return self._come_later()
        if self._names_odd_charset():
            return self.basic_error(400, b"Bad Request", "")
        if self._is_in_chunks or self._length > self.kept:  # Django reads nothing without a length
            self.requestHeaders.removeHeader(b"transfer-encoding")
            self.requestHeaders.setRawHeaders(b"content-length", [str(self._length).encode()])
        self.requestHeaders.removeHeader(ROOT_PATH)
        if self._asks_for_websocket():
            self._forget()  # such a call has no body, and what is one would count as frames
            caller = type(self).account_of(self._text_of(b"cookie")) or self.address
            if BoundedWebSocket.line.join(caller, self._become_websocket):
                return None
            return self._come_later()
        return super().process()

    def _come_later(self) -> None:
        self.setHeader(b"Retry-After", b"5")
        self.basic_error(503, b"Service Unavailable", "")

    def _asks_for_websocket(self) -> bool:
        kinds = self.requestHeaders.getRawHeaders(b"upgrade") or [b""]
        return bool(kinds[0].lower() == b"websocket")

    def _become_websocket(self) -> None:
        if self.channel is None:  # the caller has gone meanwhile
            BoundedWebSocket.line.ended()
            return
        super().process()
        if self.transport is not None:  # it was refused before it became one
            BoundedWebSocket.line.ended()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Answer what Django never sees, in the words of the site and not in daphne's."""
        headers, text = error_pages.before_django(self.path, status)
        for name, value in (headers | {"Content-Length": str(len(text))}).items():
            self.setHeader(name, value)
        self.handle_reply({"type": "http.response.start", "status": status})
        self.handle_reply({"type": "http.response.body", "body": text})

    def finish(self) -> None:
        self.room.leave(self)
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self._end_waiting()
        self.room.leave(self)
        super().connectionLost(reason)

    def _end_waiting(self) -> None:
        if self._too_late.active():
            self._too_late.cancel()


class AnsweringChannel(HTTPChannel):
    """A connection that answers a head which it cannot read, and a call when the answer to the one
    before it is on its way. Twisted answers such a head without a body, or closes without a word,
    and keeps in memory the answers to all calls that a caller sends without reading one."""

    _unread: Any = None
    """A call whose answer the caller has not read, while further calls wait for that."""
    _line = b""
    """The request line, or where there is none its beginning."""
    _is_too_large = False
    """Whether the head with the newest line has more bytes than it may."""

    def requestDone(self, request: Any) -> None:
        """Called by Twisted with a call whose answer is written, to go on to the next one."""
        if not self._waitingForTransport:
            super().requestDone(request)
            return
        self._unread = self.requests.pop(0)
        self._networkProducer.pauseProducing()  # type: ignore[misc]  # as an interface has it
        self.setTimeout(self._savedTimeOut)

    def resumeProducing(self) -> None:
        """Called by Twisted when most of what was written is on its way."""
        super().resumeProducing()
        if self._unread is not None:
            request, self._unread = self._unread, None
            self.requests.insert(0, request)
            super().requestDone(request)

    def lineReceived(self, line: bytes) -> None:
        if self._receivedHeaderSize == 0:
            self._line = line
        self._is_too_large = self._receivedHeaderSize + len(line) > self.totalHeadersSize
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Called by Twisted with a line that is too long."""
        if self._receivedHeaderSize:
            self.refuse(431, b"Request Header Fields Too Large")
        else:
            self._line = line
            self.refuse(414, b"URI Too Long")

    def _respondToBadRequestAndDisconnect(self) -> None:
        if self._is_too_large:
            self.refuse(431, b"Request Header Fields Too Large")
        else:
            self.refuse(400, b"Bad Request")

    def refuse(self, status: int, reason: bytes) -> None:
        """Answer with an error before Django sees the call, and end the connection."""
        path = self._line.partition(b" ")[2]
        headers, body = error_pages.before_django(path, status)
        told = headers | {"Content-Length": str(len(body)), "Connection": "close"}
        lines = [b"HTTP/1.1 %d %s" % (status, reason)]
        lines += [f"{name}: {value}".encode() for name, value in told.items()]
        self.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        self.loseConnection()


def install(
    address_of: Callable[[str, str], str],
    person_of: Callable[[str], str],
    account_of: Callable[[str], str],
) -> None:
    """Let daphne, in this process, receive every call by these classes.

    ``address_of`` is given a connection's address and what X-Forwarded-For says, and returns the
    caller's. ``person_of`` is given what Authorization says, and returns the person's id.
    ``account_of`` is given what Cookie says, and returns a text that stands for an account.
    """
    BoundedRequest.address_of = staticmethod(address_of)
    BoundedRequest.person_of = staticmethod(person_of)
    BoundedRequest.account_of = staticmethod(account_of)
    BoundedRequest.room = BodyRoom(
        most=settings.BODY_ROOM_BYTES,
        most_of_address=settings.BODY_ROOM_OF_ADDRESS_BYTES,
        most_of_person=settings.BODY_ROOM_OF_PERSON_BYTES,
        small=SMALL_BYTES,
        patience_s=settings.BODY_PATIENCE_S,
    )
    BoundedWebSocket.line = WaitingLine(HANDSHAKES_AT_ONCE, MOST_WAITING)
    daphne.http_protocol.WebRequest = BoundedRequest
    daphne.ws_protocol.WebSocketFactory.protocol = BoundedWebSocket
    daphne.http_protocol.HTTPFactory.protocol = AnsweringChannel
