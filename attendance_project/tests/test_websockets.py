"""How many frames a connection may send, and whose handshake is next."""

import asyncio

from attendance_project.websockets import Allowance, BoundedWebSocket, WaitingLine

MOST = 3


def taken(allowance: Allowance, *, tries: int, now_s: float) -> int:
    return sum(allowance.take(now_s=now_s) for _ in range(tries))


def test_so_many_frames_may_come_at_once_and_few_more_later():
    allowance = Allowance(100, 10, now_s=5.0)
    assert taken(allowance, tries=200, now_s=5.0) == 100
    assert taken(allowance, tries=200, now_s=6.0) == 10
    assert taken(allowance, tries=200, now_s=6.05) == 0


def test_who_sends_little_saves_no_more_than_the_most():
    allowance = Allowance(100, 10, now_s=0.0)
    assert taken(allowance, tries=200, now_s=1_000_000.0) == 100


def begun(at_once: int, joins: list[tuple[str, str]], *, ends: int) -> list[str]:
    """What has begun after these joined, by address and name, and so many have ended."""

    async def run() -> list[str]:
        names: list[str] = []
        line = WaitingLine(at_once, MOST)
        for address, name in joins:
            line.join(address, lambda name=name: names.append(name))
        for _ in range(ends):
            line.ended()
        await asyncio.sleep(0)
        return names

    return asyncio.run(run())


CROWD = [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("a", "a4")]


def test_only_so_many_begin_at_once():
    assert begun(2, CROWD, ends=0) == ["a1", "a2"]


def test_a_caller_of_whom_too_many_wait_is_refused_and_others_are_not():
    async def run() -> list[bool]:
        line = WaitingLine(1, MOST)
        return [line.join(caller, lambda: None) for caller in "aaaaaab"]

    assert asyncio.run(run()) == [True] * (1 + MOST) + [False] * 2 + [True]


def test_callers_take_turns():
    assert begun(1, CROWD, ends=2) == ["a1", "a2", "b1"]
    assert begun(1, CROWD, ends=4) == ["a1", "a2", "b1", "a3", "a4"]


def test_as_many_as_may_begin_again_after_a_line_is_empty():
    assert begun(2, [("a", "a1"), ("a", "a2")], ends=2) == ["a1", "a2"]


def test_what_ends_as_it_begins_does_not_call_itself_thousands_deep():
    async def run() -> int:
        line, ended = WaitingLine(1, 5000), []

        def begin() -> None:
            ended.append(1)
            line.ended()

        for _ in range(5000):
            line.join("a", begin)
        while len(ended) < 5000:
            await asyncio.sleep(0)
        return line.running

    assert asyncio.run(run()) == 0


def test_a_handshake_that_the_server_does_not_come_to_is_answered(monkeypatch):
    """autobahn cut the connection after 5 s."""
    late = BoundedWebSocket()
    sent: list[bytes] = []
    monkeypatch.setattr(late, "sendData", sent.append)
    monkeypatch.setattr(late, "dropConnection", lambda abort: sent.append(b"dropped"))
    late.state = late.STATE_CONNECTING
    late.onOpenHandshakeTimeout()
    assert sent[0].startswith(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: ")
    assert sent[1:] == [b"dropped"]
