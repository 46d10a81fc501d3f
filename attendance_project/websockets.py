"""Receives what comes over websockets before Channels sees it: only so many frames, and small ones.

Nothing that a page sends over a websocket is read, but for its answers to the server's pings. Yet
each frame is worked off in the thread on which all calls wait: a million pings made others wait for
1.6 seconds.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from daphne.ws_protocol import WebSocketProtocol

MOST_FRAMES = 100
"""Frames that a connection may send at once: pings, pongs, messages and the parts of messages."""
FRAMES_A_SECOND = 10
"""Frames a second that it may send in the long run."""
MOST_BYTES = 64 * 1024
"""Bytes of a message at most. A connection with a larger one is cut."""
TOO_MANY_FRAMES = 1008
"""The close code of a connection that sent too many frames: "policy violation" of RFC 6455."""
HANDSHAKES_AT_ONCE = 8
"""Handshakes that a process answers at once. Further ones wait for that."""
MOST_WAITING = 100
"""Handshakes of one browser, or of all strangers at one address, that wait for their turn. Further
ones are answered with 503."""


@dataclass
class Allowance:
    """Says how many more frames a connection may send. What it did not use adds up to ``most``."""

    most: float
    a_second: float
    now_s: float
    """When it was last asked, in seconds of any clock that only goes forward."""
    _left: float = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.most

    def take(self, *, now_s: float) -> bool:
        """Count one more frame, and say whether it may be sent."""
        grown = self._left + self.a_second * (now_s - self.now_s)
        self._left, self.now_s = min(self.most, grown), now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass
class WaitingLine:
    """Begins only so many things at once. The callers take turns, so that one who asks for hundreds
    does not keep the others waiting."""

    at_once: int
    most_waiting: int
    """How many of one caller may wait."""
    running: int = 0
    _waiting: OrderedDict[str, deque[Callable[[], None]]] = field(default_factory=OrderedDict)

    def join(self, caller: str, begin: Callable[[], None]) -> bool:
        """Call ``begin`` when it is its turn, which may be now. Its end is told by ``ended``.

        Returns False, and forgets it, where too many of the caller wait.
        """
        if len(self._waiting.get(caller, ())) >= self.most_waiting:
            return False
        self._waiting.setdefault(caller, deque()).append(begin)
        self._go_on()
        return True

    def ended(self) -> None:
        """Is to be called once for each call of ``begin``."""
        self.running -= 1
        asyncio.get_running_loop().call_soon(self._go_on)  # other calls come first

    def _go_on(self) -> None:
        if self.running >= self.at_once or not self._waiting:
            return
        caller, waiting = self._waiting.popitem(last=False)
        begin = waiting.popleft()
        if waiting:
            self._waiting[caller] = waiting
        self.running += 1
        begin()


class BoundedWebSocket(WebSocketProtocol):
    """A websocket that is closed with a code when it sends too much."""

    line: ClassVar[WaitingLine]
    """The handshakes of this process. One that has begun is in it until it is answered."""
    maxFramePayloadSize = maxMessagePayloadSize = MOST_BYTES
    _has_head = _is_answered = _is_forgotten = False

    def onConnect(self, request: Any) -> Any:
        self._allowance = Allowance(MOST_FRAMES, FRAMES_A_SECOND, time.monotonic())
        return super().onConnect(request)

    def _dataReceived(self, data: bytes) -> None:
        """Called by autobahn with each piece that comes, the first of which is the whole head."""
        if self._is_forgotten:
            return
        if self.state == self.STATE_CONNECTING:
            if self._has_head:  # who waits for no answer to the handshake is no browser
                self.dropConnection(abort=True)
                return
            self._has_head = True
        super()._dataReceived(data)

    def onFrameBegin(self) -> None:
        """Called by autobahn with the head of each frame, of whatever kind."""
        if self.state == self.STATE_OPEN and not self._allowance.take(now_s=time.monotonic()):
            self.sendCloseFrame(code=TOO_MANY_FRAMES, reasonUtf8=b"too many frames")
            # The rest is received and forgotten: a connection that is cut while data comes would
            # lose the code. The sender has a second, after which autobahn cuts it.
            self._is_forgotten = True
            self.data = b""
        super().onFrameBegin()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        """Called by daphne with what the application sends, which it may do until it is told of the
        end. autobahn raises an error by then."""
        if self.state == self.STATE_OPEN:
            super().serverSend(content, binary)

    def onOpenHandshakeTimeout(self) -> None:
        """Called by autobahn when a handshake took too long. It would cut the connection without a
        word, although it is the server that is late."""
        self.openHandshakeTimeoutCall = None
        if self.state == self.STATE_CONNECTING:
            wait = [("Retry-After", "5"), ("Content-Length", "0"), ("Connection", "close")]
            self.failHandshake("Service Unavailable", 503, wait)

    def succeedHandshake(self, res: Any) -> None:
        self._leave_line()
        super().succeedHandshake(res)

    def dropConnection(self, abort: bool = False) -> None:
        """Called by autobahn, also after each refused handshake."""
        self._leave_line()
        super().dropConnection(abort)

    def _connectionLost(self, reason: Any) -> None:
        self._leave_line()
        super()._connectionLost(reason)

    def _leave_line(self) -> None:
        if not self._is_answered:
            self._is_answered = True
            self.line.ended()
