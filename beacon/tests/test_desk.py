"""The queue at the beacon's desk."""

import pytest

from beacon import protocol
from beacon.desk import AT_ONCE, PLACES, SEAT_S, Desk
from beacon.protocol import Status

KEY = bytes(range(32))


class Room:
    """A desk, a clock that the test moves, and every reply that went out."""

    def __init__(self) -> None:
        self.at_s, self.sent = 0.0, []
        self.desk = Desk(slot=lambda: 7, monotonic=lambda: self.at_s)
        self.desk.key = KEY
        self.desk.send = lambda phone, reply: self.sent.append((phone, reply))

    def ask(self, *numbers: int) -> None:
        for number in numbers:
            self.desk.ask(f"phone {number}", nonce(number))

    def replies_to(self, number: int) -> list[bytes]:
        return [reply for phone, reply in self.sent if phone == f"phone {number}"]

    def pass_time(self, seconds: float) -> None:
        self.at_s += seconds
        self.desk.serve()


def nonce(number: int) -> bytes:
    return number.to_bytes(2) * 8


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_phone_that_asks_is_answered_at_once(room):
    room.ask(1)
    (reply,) = room.replies_to(1)
    assert protocol.is_authentic(KEY, nonce(1), protocol.read_answer(reply))
    assert protocol.read_answer(reply).slot == 7
    assert room.desk.reply_for("phone 1") == reply
    assert room.desk.answered == 1


def test_so_many_are_served_at_a_time_and_the_others_told_their_place(room):
    room.ask(*range(AT_ONCE + 3))
    assert room.desk.answered == AT_ONCE
    assert [room.replies_to(n)[-1] for n in range(AT_ONCE, AT_ONCE + 3)] == [
        protocol.wait(nonce(n), n - AT_ONCE + 1) for n in range(AT_ONCE, AT_ONCE + 3)
    ]
    room.desk.leave("phone 0")
    assert room.replies_to(AT_ONCE)[-1][0] == Status.ANSWER
    assert room.replies_to(AT_ONCE + 2)[-1] == protocol.wait(nonce(AT_ONCE + 2), 2)


def test_a_phone_that_stays_loses_its_seat_after_a_while(room):
    room.ask(*range(AT_ONCE + 1))
    room.pass_time(SEAT_S / 2)
    assert room.replies_to(AT_ONCE)[-1][0] == Status.WAIT
    room.pass_time(SEAT_S)
    assert room.replies_to(AT_ONCE)[-1][0] == Status.ANSWER


def test_a_place_is_told_once_and_not_over_and_over(room):
    room.ask(*range(AT_ONCE + 1))
    for _ in range(10):
        room.desk.serve()
    assert len(room.replies_to(AT_ONCE)) == 1


def test_who_asks_for_many_queues_for_each(room):
    """A phone that asks for its friends too gets one answer per seat."""
    for number in range(20):
        room.desk.ask("phone 0", nonce(number))
    assert room.desk.answered == 1
    room.pass_time(SEAT_S + 0.1)
    assert room.desk.answered == 2
    assert room.replies_to(0)[-1] == protocol.answer(KEY, 7, nonce(19))


@pytest.mark.parametrize("written", [b"", b"x", bytes(15), bytes(17), bytes(512)])
def test_what_is_no_nonce_is_told_so_and_takes_no_seat(room, written):
    room.desk.ask("phone 1", written)
    room.desk.ask("phone 1", written)
    assert [reply[0] for _, reply in room.sent] == [Status.NOT_A_NONCE] * 2
    assert (room.desk.answered, room.desk.waiting) == (0, 0)


def test_a_full_queue_says_so(room):
    room.ask(*range(AT_ONCE + PLACES + 1))
    last = AT_ONCE + PLACES
    assert room.replies_to(last) == [protocol.sorry(Status.FULL, nonce(last))]
    room.pass_time(SEAT_S + 0.1)
    room.ask(last)
    assert room.replies_to(last)[-1][0] == Status.WAIT


def test_without_a_session_nobody_is_answered(room):
    room.ask(*range(AT_ONCE + 1))
    room.desk.close()
    assert room.replies_to(AT_ONCE)[-1] == protocol.sorry(Status.NO_SESSION, nonce(AT_ONCE))
    room.ask(99)
    assert room.replies_to(99) == [protocol.sorry(Status.NO_SESSION, nonce(99))]
    assert room.desk.answered == AT_ONCE


def test_who_left_the_queue_is_not_answered(room):
    room.ask(*range(AT_ONCE + 2))
    room.desk.leave(f"phone {AT_ONCE}")
    room.pass_time(SEAT_S + 0.1)
    assert [reply[0] for reply in room.replies_to(AT_ONCE)] == [Status.WAIT]
    assert room.replies_to(AT_ONCE + 1)[-1][0] == Status.ANSWER
    assert room.desk.reply_for(f"phone {AT_ONCE}") == b""


def test_replies_are_not_kept_for_ever(room):
    for number in range(3000):
        room.desk.ask(f"phone {number}", b"x")
    assert len(room.desk._replies) <= 512
