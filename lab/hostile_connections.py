"""Plain connections to a server that are made to keep it busy, for ``bench_hostile``."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

PATIENCE_S = 120.0
PING = b"\x89\x80" + bytes(4)
"""A ping of a client, without content."""


def bytes_one_by_one(url: str, count: int) -> str:
    """Send a body as JSON in so many chunks of one byte. Returns what the server answers."""
    head = (
        "POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    with _dialled(url) as line:
        with suppress(ConnectionError):  # it is cut off once there are too many
            line.sendall(head.encode())
            for _ in range(count // 1000):
                line.sendall(b"1\r\n[\r\n" * 1000)
            line.sendall(b"0\r\n\r\n")
        return f"status {_status(line)}"


def handshakes(url: str, path: str, cookie: str, count: int) -> str:
    """Ask for so many websockets at once. Returns how often the server answered with what."""
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(_dialled(url)) for _ in range(count)]
        for line in lines:
            line.sendall(_handshake(url, path, cookie))
        answers = Counter(map(_status, lines))
    return ", ".join(f"{number} times status {status}" for status, number in answers.items())


def frames(url: str, path: str, cookie: str, count: int) -> str:
    """Send so many pings over one websocket. Returns how it ended."""
    with _dialled(url) as line, suppress(ConnectionError):
        line.sendall(_handshake(url, path, cookie))
        for _ in range(count // 1000):
            line.sendall(PING * 1000)
        while line.recv(65_536):
            pass
    return "closed"


def _dialled(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((str(address.hostname), int(address.port or 80)), PATIENCE_S)


def _handshake(url: str, path: str, cookie: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {url}\r\nCookie: {cookie}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()


def _status(line: socket.socket) -> str:
    """The status of the answer, or "none" where the connection ends without one."""
    try:
        with line.makefile("rb") as answer:
            return answer.readline().split()[1].decode()
    except (ConnectionError, IndexError):
        return "none"
