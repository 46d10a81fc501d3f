"""The memory for the bodies of calls that arrive, and who gives way when it is full.

Whoever sends slowly holds memory for long. So a body that takes long loses its place to others that
come, and callers at one address get at most their part of the memory.
"""

from dataclasses import dataclass, field
from typing import Protocol


class Body(Protocol):
    """A body in the room."""

    address: str
    """The network address of the caller who sends it."""
    kept: int
    """Bytes of it that are in memory."""
    began_at_s: float
    """When its call began, in seconds of any clock that only goes forward."""
    is_whole: bool
    """Whether all of it has come, so that it is being answered."""

    def give_way(self) -> None:
        """Forget what is kept."""


@dataclass
class BodyRoom:
    """Counts bytes; the bodies hold them.

    Attributes:
        most: Bytes of all bodies together.
        most_of_one: Bytes of all bodies from one address.
        small: A body of up to this many bytes is taken even if there is no room, and never gives
            way, so that people can always log in and scan codes.
        patience_s: Seconds after which a body that still arrives gives way to any other.
    """

    most: int
    most_of_one: int
    small: int
    patience_s: float
    held: int = 0
    _held_by: dict[str, int] = field(default_factory=dict)
    _bodies: set[Body] = field(default_factory=set)

    def take(self, body: Body, size: int, *, now_s: float) -> bool:
        """Count ``size`` more bytes of a body, and say whether they may be kept."""
        if body.kept + size > self.small and not self._makes_room(body, size, now_s):
            return False
        self._bodies.add(body)
        body.kept += size
        self._count(body.address, size)
        return True

    def leave(self, body: Body) -> None:
        """Count a body no longer. Repeating it does no harm."""
        self._bodies.discard(body)
        self._count(body.address, -body.kept)
        body.kept = 0

    def _makes_room(self, body: Body, size: int, now_s: float) -> bool:
        while self.held + size > self.most or self._by(body.address) + size > self.most_of_one:
            slow = self._who_gives_way(body, size, now_s)
            if slow is None:
                return False
            self.leave(slow)
            slow.give_way()
        return True

    def _who_gives_way(self, body: Body, size: int, now_s: float) -> Body | None:
        """The arriving body that held most memory for longest: of those that take too long, and, if
        the address is not over its part, of addresses that hold more than this one would."""
        its_part = self._by(body.address) + size

        def gives_way(other: Body) -> bool:
            if its_part > self.most_of_one:
                return other.address == body.address and is_slow(other)
            return is_slow(other) or self._by(other.address) > its_part

        def is_slow(other: Body) -> bool:
            return now_s - other.began_at_s >= self.patience_s

        arriving = (
            other
            for other in self._bodies
            if other is not body and not other.is_whole and other.kept > self.small
        )
        return max(
            filter(gives_way, arriving),
            key=lambda other: other.kept * (now_s - other.began_at_s),
            default=None,
        )

    def _by(self, address: str) -> int:
        return self._held_by.get(address, 0)

    def _count(self, address: str, size: int) -> None:
        self.held += size
        left = self._by(address) + size
        if left:
            self._held_by[address] = left
        else:
            self._held_by.pop(address, None)
