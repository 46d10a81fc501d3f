"""A radio without the operating system, by Bumble, Google's Bluetooth stack in Python.

It is for development and tests: ``--radio bumble:TRANSPORT`` takes a USB dongle away from the
system (``bumble:usb:0``) or talks to a virtual controller (``bumble:tcp-client:HOST:PORT``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from bumble import core
from bumble.device import Connection, Device
from bumble.gatt import Attribute, Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.transport import open_transport

from beacon import protocol
from beacon.desk import Desk
from beacon.radio import RadioProblem

INTERVAL_MS = 100.0
CLOSE_S = 2.0
COMMANDS_S = 5.0
"""Seconds until a controller that does not answer counts as lost: one slot."""
_MEND = "Check what stands after --radio bumble:, and that nothing else uses it."
Transport = Callable[[], AbstractAsyncContextManager[Any]]


class BumbleRadio:
    """``transport`` opens a pair of packet streams to a controller, as Bumble's own do."""

    def __init__(self, transport: Transport, *, address: str, payload: str = "a") -> None:
        self.lost = asyncio.Event()
        self._transport, self._address, self._payload = transport, Address(address), payload
        self._open = contextlib.AsyncExitStack()
        self._device: Device | None = None
        self._answer: Characteristic[bytes] | None = None
        self._connections: dict[str, Connection] = {}
        self._on_air: tuple[bytes, bytes] | None = None
        self._turn = asyncio.Lock()
        """Held while the advertising is restarted, which a new slot and a phone that connects both
        do. Bumble cannot remove one advertising set twice at once."""
        self._desk: Desk | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @classmethod
    def named(cls, name: str) -> BumbleRadio:
        """The radio that stands after ``bumble:`` on the command line."""

        @contextlib.asynccontextmanager
        async def transport() -> Any:
            async with await open_transport(name) as hci:
                yield hci.source, hci.sink

        return cls(transport, address="F0:A7:7E:00:00:01")

    @property
    def words(self) -> str:
        return "Bumble"

    async def open(self, desk: Desk) -> None:
        self._desk = desk
        try:
            source, sink = await self._open.enter_async_context(self._transport())
            self._device = Device.with_hci("beacon", self._address, source, sink)
            self._device.add_service(self._service())
            self._device.on("connection", self._on_connection)
            await self._device.power_on()
        except (core.BaseBumbleError, OSError, ValueError, TimeoutError) as error:
            words = f"Bumble cannot reach the controller ({error})."
            raise RadioProblem(words, _MEND) from error
        desk.send = self._send

    async def advertise(self, long_id: bytes, name: str) -> None:
        short = long_id[: protocol.SHORT_ID_BYTES]
        a, b = protocol.payload_a(short), protocol.payload_b(long_id)
        self._on_air = (a if self._payload == "a" else b, protocol.scan_response(name))
        await self._advertise()

    async def silence(self) -> None:
        self._on_air = None
        await self._advertise()

    async def close(self) -> None:
        if self._desk is not None:
            self._desk.send = lambda phone, reply: None
        device, self._device = self._device, None
        for task in self._sending:
            task.cancel()
        with contextlib.suppress(Exception):  # the controller may be gone
            if device is not None:
                async with asyncio.timeout(CLOSE_S), self._turn:
                    await device.power_off()
        with contextlib.suppress(Exception):
            await self._open.aclose()

    def _service(self) -> Service:
        self._answer = Characteristic(
            str(protocol.ANSWER_UUID),
            Characteristic.Properties.READ | Characteristic.Properties.NOTIFY,
            Attribute.Permissions.READABLE,
            CharacteristicValue(read=self._on_read),
        )
        challenge: Characteristic[bytes] = Characteristic(
            str(protocol.CHALLENGE_UUID),
            Characteristic.Properties.WRITE | Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
            Attribute.Permissions.WRITEABLE,
            CharacteristicValue(write=self._on_write),
        )
        return Service(str(protocol.SERVICE_UUID), [challenge, self._answer])

    async def _advertise(self) -> None:
        """Put on the air what belongs there now, which may be nothing."""
        try:
            async with self._turn, asyncio.timeout(COMMANDS_S):
                if self._device is not None:
                    await self._set_advertising(self._device)
        except (core.BaseBumbleError, OSError, TimeoutError) as error:
            self.lost.set()
            raise RadioProblem(f"The controller does not answer ({error}).", _MEND) from error

    async def _set_advertising(self, device: Device) -> None:
        await device.stop_advertising()
        if self._on_air is None:
            return
        data, response = self._on_air
        await device.start_advertising(
            advertising_data=data,
            scan_response_data=response,
            advertising_interval_min=INTERVAL_MS,
            advertising_interval_max=INTERVAL_MS,
        )

    # --- what phones do ---------------------------------------------------------------

    def _on_connection(self, connection: Connection) -> None:
        """Advertise again at once, since a controller stops when a phone connects."""
        phone = str(connection.peer_address)
        self._connections[phone] = connection
        connection.on("disconnection", lambda _: self._on_disconnection(phone))
        self._start(self._advertise())

    def _on_disconnection(self, phone: str) -> None:
        self._connections.pop(phone, None)
        if self._desk is not None:
            self._desk.leave(phone)

    def _on_write(self, connection: Connection, value: bytes) -> None:
        if self._desk is not None:
            self._desk.ask(str(connection.peer_address), value)

    def _on_read(self, connection: Connection) -> bytes:
        return self._desk.reply_for(str(connection.peer_address)) if self._desk else b""

    def _send(self, phone: str, reply: bytes) -> None:
        connection = self._connections.get(phone)
        if connection is not None and self._device is not None and self._answer is not None:
            self._start(self._device.notify_subscriber(connection, self._answer, reply))

    def _start(self, call: Any) -> None:
        """Start the call, which nobody waits for: a phone that left cannot be told anything."""
        task = asyncio.ensure_future(call)
        self._sending.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()
