"""The radio of macOS and Windows, by bless. It sends payload B, the one that macOS allows.

Only bless's documented interface is used. It advertises the UUIDs of the services that a server
has, and no service can be removed from a server. So the service that phones ask is one server,
and each slot's id is another server, which lives for that slot.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from bless import (  # type: ignore[attr-defined]  # bless has no stubs for its conditional names
    BlessServer,
    GATTAttributePermissions,
    GATTCharacteristicProperties,
)

from beacon import protocol
from beacon.desk import Desk
from beacon.radio import RadioProblem

OPEN_S = 10.0
NAME_CHARS = 8
"""The room that macOS has beside a 128-bit UUID. With a longer name bless drops the UUID."""
_CHALLENGE, _ANSWER = str(protocol.CHALLENGE_UUID), str(protocol.ANSWER_UUID)
_SERVICE = str(protocol.SERVICE_UUID)
_WRITES = GATTCharacteristicProperties.write | GATTCharacteristicProperties.write_without_response
_READS = GATTCharacteristicProperties.read | GATTCharacteristicProperties.notify

_MEND = (
    "Switch Bluetooth on. On macOS, allow it for the terminal in System Settings, Privacy & "
    "Security, Bluetooth. On Windows, the adapter has to support the peripheral role."
)


class BlessRadio:
    """bless tells neither who wrote nor when somebody leaves, so each nonce counts as a phone."""

    def __init__(
        self, make: Callable[..., Any] = BlessServer, platform: str = sys.platform
    ) -> None:
        self.lost = asyncio.Event()
        self._make, self._platform = make, platform
        self._desk: Desk | None = None
        self._asked: Any = None
        self._slot: Any = None
        self._loop = asyncio.get_running_loop()

    @property
    def words(self) -> str:
        return "Bluetooth by bless"

    async def open(self, desk: Desk) -> None:
        self._desk = desk
        desk.send = self._send
        await self._guarded(self._offer_service())

    async def advertise(self, long_id: bytes, name: str) -> None:
        fresh = self._make(name=name[:NAME_CHARS], loop=self._loop)
        await self._guarded(self._show(fresh, str(protocol.id_as_uuid(long_id))))

    async def silence(self) -> None:
        slot, self._slot = self._slot, None
        if slot is not None:
            await self._guarded(slot.stop())

    async def close(self) -> None:
        if self._desk is not None:
            self._desk.send = lambda phone, reply: None
        for server in (self._slot, self._asked):
            if server is not None:
                await asyncio.gather(server.stop(), return_exceptions=True)
        self._slot = self._asked = None

    async def _offer_service(self) -> None:
        server = self._make(name="ATT", loop=self._loop)
        server.write_request_func = self._on_write
        server.read_request_func = self._on_read
        await server.add_new_service(_SERVICE)
        await server.add_new_characteristic(
            _SERVICE, _CHALLENGE, _WRITES, None, GATTAttributePermissions.writeable
        )
        await server.add_new_characteristic(
            _SERVICE, _ANSWER, _READS, None, GATTAttributePermissions.readable
        )
        await server.start(prioritize_local_name=False)
        self._asked = server
        if self._platform == "darwin":
            # The service stays. macOS has room for one UUID on the air, and the slot needs it.
            await server.stop()

    async def _show(self, fresh: Any, uuid: str) -> None:
        await fresh.add_new_service(uuid)
        former, self._slot = self._slot, None
        if former is not None:
            await former.stop()
        await fresh.start(prioritize_local_name=False)
        self._slot = fresh

    async def _guarded(self, call: Any) -> None:
        """Call bless. It raises whatever the system's own interface raised."""
        try:
            async with asyncio.timeout(OPEN_S):
                await call
        except Exception as error:
            self.lost.set()
            words = f"Bluetooth cannot be used ({error or 'no answer'})."
            raise RadioProblem(words, _MEND) from error

    # --- what phones do: called in the operating system's threads ----------------------

    def _on_write(self, characteristic: Any, value: Any, **_: Any) -> None:
        written = bytes(value or b"")
        if str(characteristic.uuid).lower() == _CHALLENGE and self._desk is not None:
            self._loop.call_soon_threadsafe(self._desk.ask, written.hex(), written)

    def _on_read(self, characteristic: Any, **_: Any) -> bytearray:
        return bytearray(characteristic.value or b"")

    def _send(self, phone: str, reply: bytes) -> None:
        if self._asked is not None:
            self._asked.get_characteristic(_ANSWER).value = bytearray(reply)
            self._asked.update_value(_SERVICE, _ANSWER)
