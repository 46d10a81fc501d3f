"""A network between a browser and the server that is as slow as a test wants it.

Chromium's own emulation leaves websockets as fast as they are. Here each byte of either kind passes
a line of so many bytes per second, and arrives later by the line's delay.
"""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from attendance_project.tests.patience import PATIENCE_S

CHUNK_BYTES = 4096
ONE_WAY_S = 0.2
"""There and back takes 400 ms."""
BYTES_PER_S = 125_000
"""1 Mbit/s each way."""


@dataclass
class Line:
    """One direction, which all connections share."""

    is_slow: bool = False
    free_at: float = 0.0
    """When the last byte has left, on the loop's clock."""

    def arrives_at(self, size: int, now: float) -> float:
        if not self.is_slow:
            return now
        self.free_at = max(self.free_at, now) + size / BYTES_PER_S
        return self.free_at + ONE_WAY_S


class SlowNetwork:
    """Listens on a port of its own, and passes everything on to the server's."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.there, self.back = Line(), Line()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.listening: asyncio.Server = self._wait_for(
            asyncio.start_server(self._connected, "127.0.0.1", 0)
        )
        self.port: int = self.listening.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def slow_down(self) -> None:
        self.there.is_slow = self.back.is_slow = True

    def close(self) -> None:
        self._wait_for(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE_S)
        self.loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    async def _end(self) -> None:
        self.listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self.behind)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                self._carry(phone, to_server, self.there),
                self._carry(server, to_phone, self.back),
            )

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, line: Line
    ) -> None:
        """Read while earlier bytes are still on their way, and end when the source does."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(on_the_way, target))
        try:
            while data := await _read(source):
                arrives_at = line.arrives_at(len(data), self.loop.time())
                on_the_way.put_nowait((arrives_at, data))
                await asyncio.sleep(line.free_at - self.loop.time())
            on_the_way.put_nowait((line.arrives_at(0, self.loop.time()), b""))
            await arriving
        finally:
            arriving.cancel()
            target.close()

    async def _arrive(
        self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", target: asyncio.StreamWriter
    ) -> None:
        while True:
            arrives_at, data = await on_the_way.get()
            await asyncio.sleep(arrives_at - self.loop.time())
            if not data:
                return
            with suppress(OSError):  # who left does not get the rest
                target.write(data)
                await target.drain()


async def _read(source: asyncio.StreamReader) -> bytes:
    try:
        return await source.read(CHUNK_BYTES)
    except OSError:
        return b""
