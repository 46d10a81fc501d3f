"""The memory for the bodies of calls that arrive, and who gives way when it is full.

Whoever sends slowly holds memory for long. So a body that takes long loses its place to others that
come, and callers at one address get at most their part of the memory, and a person at most a part
of that.
"""

from dataclasses import dataclass, field
from typing import Protocol


class Body(Protocol):
    """A body in the room."""

    address: str
    """The network address of the caller who sends it."""
    person: str
    """The id of the person whose token came with the call, or empty."""
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
        most_of_address: Bytes of all bodies from one address.
        most_of_person: Bytes of all bodies with one person's token.
        small: A body of up to this many bytes is taken even if there is no room, and never gives
            way, so that people can always log in and scan codes.
        patience_s: Seconds after which a body that still arrives gives way to any other.
    """

    most: int
    most_of_address: int
    most_of_person: int
    small: int
    patience_s: float
    held: int = 0
    _held_by: dict[str, int] = field(default_factory=dict)
    _held_by_person: dict[str, int] = field(default_factory=dict)
    _bodies: set[Body] = field(default_factory=set)

    def take(self, body: Body, size: int, *, now_s: float) -> bool:
        """Count ``size`` more bytes of a body, and say whether they may be kept."""
        if body.kept + size > self.small and not self._makes_room(body, size, now_s):
            return False
        self._bodies.add(body)
        body.kept += size
        self._count(body, size)
        return True

    def leave(self, body: Body) -> None:
        """Count a body no longer. Repeating it does no harm."""
        self._bodies.discard(body)
        self._count(body, -body.kept)
        body.kept = 0

    def _makes_room(self, body: Body, size: int, now_s: float) -> bool:
        while (
            self.held + size > self.most
            or self._by(body.address) + size > self.most_of_address
            or self._is_over_part_of_person(body, size)
        ):
            slow = self._who_gives_way(body, size, now_s)
            if slow is None:
                return False
            self.leave(slow)
            slow.give_way()
        return True

    def _who_gives_way(self, body: Body, size: int, now_s: float) -> Body | None:
        """The arriving body that held most memory for longest: of those that take too long, and, if
        neither the person nor the address is over their part, of addresses that hold more than this
        one would."""
        its_part = self._by(body.address) + size
        is_over = self._is_over_part_of_person(body, size)

        def gives_way(other: Body) -> bool:
            if is_over:
                return other.person == body.person and is_slow(other)
            if its_part > self.most_of_address:
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

    def _is_over_part_of_person(self, body: Body, size: int) -> bool:
        held = self._held_by_person.get(body.person, 0)
        return bool(body.person) and held + size > self.most_of_person

    def _count(self, body: Body, size: int) -> None:
        self.held += size
        for held_by, one in ((self._held_by, body.address), (self._held_by_person, body.person)):
            left = held_by.get(one, 0) + size
            if left:
                held_by[one] = left
            else:
                held_by.pop(one, None)
