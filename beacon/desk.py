"""The desk that answers phones: a few at a time, while the others are told their place."""

import time
from collections import OrderedDict
from collections.abc import Callable

from beacon import protocol
from beacon.protocol import NONCE_BYTES, Status

AT_ONCE = 4
"""Seats at the desk. A cheap adapter keeps five to ten connections, and some must stay free."""
SEAT_S = 0.5
"""How long an answered phone keeps its seat unless it leaves sooner. This makes eight phones per
second, and whoever asks for many friends has to queue for each."""
PLACES = 120
"""Places in the queue. At eight phones per second the last one waits for 15 s."""
REMEMBERED = 512
"""How many replies can still be read, since phones that a radio cannot tell apart never leave."""

Phone = str
Send = Callable[[Phone, bytes], None]


class Desk:
    """Answers nonces with the session's key. ``key`` is None while no session is open.

    ``send`` delivers a reply to a phone; the radio sets it.
    """

    def __init__(
        self, slot: Callable[[], int], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.key: bytes | None = None
        self.send: Send = lambda phone, reply: None
        self.answered = 0
        """How many phones were answered. A phone counts each time it comes to the desk."""
        self._slot, self._monotonic = slot, monotonic
        self._queue: OrderedDict[Phone, bytes] = OrderedDict()
        self._seats: dict[Phone, float] = {}
        self._replies: OrderedDict[Phone, bytes] = OrderedDict()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def ask(self, phone: Phone, written: bytes) -> None:
        """Take what a phone wrote. The reply goes out by ``send``, now or when its turn comes."""
        self._replies.pop(phone, None)  # a reply goes out even if it is the same
        if len(written) != NONCE_BYTES:
            self._reply(phone, protocol.sorry(Status.NOT_A_NONCE, written))
        elif self.key is None:
            self._reply(phone, protocol.sorry(Status.NO_SESSION, written))
        elif len(self._queue) >= PLACES and phone not in self._queue:
            self._reply(phone, protocol.sorry(Status.FULL, written))
        else:
            self._queue[phone] = written
            self.serve()

    def reply_for(self, phone: Phone) -> bytes:
        """What a phone reads that did not wait for the notification."""
        return self._replies.get(phone, b"")

    def leave(self, phone: Phone) -> None:
        """Forget a phone that disconnected."""
        for place in (self._queue, self._seats, self._replies):
            place.pop(phone, None)
        self.serve()

    def serve(self) -> None:
        """Answer whose turn it is, and tell the others their place. Repeating is harmless."""
        now = self._monotonic()
        self._seats = {p: until for p, until in self._seats.items() if until > now}
        while self._queue and len(self._seats) < AT_ONCE:
            phone = next((p for p in self._queue if p not in self._seats), None)
            if phone is None:
                break
            self._answer(phone, self._queue.pop(phone), now)
        for place, (phone, nonce) in enumerate(list(self._queue.items()), start=1):
            self._reply(phone, protocol.wait(nonce, place))

    def close(self) -> None:
        """Answer nobody any more: the session is over, or its key is gone."""
        self.key = None
        queue, self._queue = self._queue, OrderedDict()
        for phone, nonce in queue.items():
            self._reply(phone, protocol.sorry(Status.NO_SESSION, nonce))
        self._seats.clear()

    def _answer(self, phone: Phone, nonce: bytes, now: float) -> None:
        if self.key is None:
            self._reply(phone, protocol.sorry(Status.NO_SESSION, nonce))
            return
        self._seats[phone] = now + SEAT_S
        self.answered += 1
        self._reply(phone, protocol.answer(self.key, self._slot(), nonce))

    def _reply(self, phone: Phone, reply: bytes) -> None:
        """Send the reply, unless it is the last one that the phone was sent."""
        if self._replies.get(phone) == reply:
            return
        self._replies[phone] = reply
        self._replies.move_to_end(phone)
        while len(self._replies) > REMEMBERED:
            self._replies.popitem(last=False)
        self.send(phone, reply)
