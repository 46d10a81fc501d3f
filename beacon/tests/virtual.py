"""Bluetooth without hardware: phones and a beacon on Bumble's virtual controllers."""

import asyncio
import contextlib
import time
import weakref
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bumble import core, hci
from bumble.controller import Controller
from bumble.device import Connection, Device, Peer
from bumble.hci import Address
from bumble.link import LocalLink

from beacon import protocol
from beacon.bumble_radio import BumbleRadio
from beacon.protocol import Status
from beacon.tests.patience import PATIENCE_S

BEACON_ADDRESS = "F0:A7:7E:00:00:01"
ESTABLISHED_S = 0.1
FAILED_TO_BE_ESTABLISHED = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
LEAVES_S = 2.0
TRIES = 3
Conversation = Coroutine[Any, Any, bytes | None]
Reading = Callable[[], float | None]
"""The strength of one advertisement in dBm, or None where it was not received."""


class LossyController(Controller):
    """A controller whose advertisements arrive with the strength that ``reading`` gives.

    Bumble's own controller reports -50 dBm for all of them, and each a second time as a scan
    response. What goes over a connection is not lost, since the link layer repeats it. A connection
    begins with an advertisement, which only one phone can answer. Bumble would let all phones that
    heard it believe that they are connected.
    """

    answered: ClassVar[weakref.WeakKeyDictionary] = weakref.WeakKeyDictionary()
    """The advertisement on each link that was answered last."""

    def __init__(self, name: str, link: LocalLink, reading: Reading = lambda: -50.0) -> None:
        super().__init__(name, link=link)
        self.reading = reading
        self._rssi = 0

    def on_advertising_pdu(self, pdu) -> None:
        reading = self.reading()
        if reading is not None:
            self._rssi, self._pdu = round(reading), pdu
            super().on_advertising_pdu(pdu)

    def create_le_connection(self, peer_address) -> None:
        if self.answered.get(self.link) is not self._pdu:
            self.answered[self.link] = self._pdu
            super().create_le_connection(peer_address)
            asyncio.get_running_loop().call_later(ESTABLISHED_S, self._check, peer_address)

    def _check(self, peer_address) -> None:
        """End a connection of which the beacon never heard, since it had just stopped advertising.
        A link layer would not keep such a connection, but Bumble's does."""
        connection = self.le_connections.get(peer_address)
        peer = self.link.find_le_controller(peer_address)
        if connection and not (peer and peer.le_connections.get(self.random_address)):
            self.on_le_disconnected(connection, FAILED_TO_BE_ESTABLISHED)

    def on_hci_le_create_connection_cancel_command(self, command):
        """Bumble says that the connection is cancelled, and connects all the same."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is not None:
            self.send_hci_packet(_never_connected(pending.peer_address))
        return super().on_hci_le_create_connection_cancel_command(command)

    def send_hci_packet(self, packet) -> None:
        if not isinstance(packet, hci.HCI_LE_Extended_Advertising_Report_Event):
            super().send_hci_packet(packet)
            return
        echo = type(packet).EventType.SCAN_RESPONSE
        heard = [report for report in packet.reports if not report.event_type & echo]
        for report in heard:
            report.rssi = self._rssi
        if heard:
            super().send_hci_packet(hci.HCI_LE_Extended_Advertising_Report_Event(heard))


def _never_connected(peer_address: Address) -> hci.HCI_LE_Connection_Complete_Event:
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=peer_address.address_type,
        peer_address=peer_address,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )


def virtual_radio(link: LocalLink, payload: str = "a") -> BumbleRadio:
    """A beacon's radio with a controller of its own. Opened anew, it has a new controller."""

    @contextlib.asynccontextmanager
    async def transport():
        controller = Controller("beacon", link=link)
        try:
            yield controller, controller
        finally:
            link.remove_controller(controller)
            _lose_connections(controller)

    return BumbleRadio(transport, address=BEACON_ADDRESS, payload=payload)


def _lose_connections(gone: Controller) -> None:
    """Let the phones notice that the beacon's controller is gone, as a link layer does by itself.

    In Bumble their connections would stay, and what they write would reach the controller of the
    beacon that is started next, which knows of no such connection.
    """
    for phone in list(gone.le_connections):
        controller = gone.link.find_le_controller(phone)
        connection = controller and controller.le_connections.get(gone.random_address)
        if connection:
            controller.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


class ConnectionLost(Exception):
    """The beacon went away, or was out of reach again."""


@dataclass
class VirtualPhone:
    """A phone that scans and asks, as an app does."""

    link: LocalLink
    number: int
    reading: Reading = lambda: -50.0
    heard: dict[bytes, list[tuple[float, float]]] = field(default_factory=dict)
    """When each id's advertisements arrived (monotonic seconds), and how strong (dBm)."""
    replies: list[bytes] = field(default_factory=list)

    async def switch_on(self) -> None:
        self.controller = LossyController(f"phone {self.number}", self.link, self.reading)
        address = Address(f"F0:00:00:00:{self.number // 256:02X}:{self.number % 256:02X}")
        self.device = Device.with_hci("phone", address, self.controller, self.controller)
        await self.device.power_on()
        self.device.on("advertisement", self._on_advertisement)
        await self.device.start_scanning(active=False, filter_duplicates=False)

    async def switch_off(self) -> None:
        await self.device.power_off()
        self.link.remove_controller(self.controller)

    def _on_advertisement(self, advertisement) -> None:
        eid = protocol.id_in(bytes(advertisement.data_bytes))
        if eid is not None:
            self.heard.setdefault(eid, []).append((time.monotonic(), advertisement.rssi))

    def sightings(self) -> list[dict]:
        """What the phone would report now."""
        now = time.monotonic()
        return [
            {
                "eid": eid.hex(),
                "rssi_dbm": [rssi for _, rssi in readings],
                "heard_s_ago": [round(now - at, 2) for at, _ in readings],
            }
            for eid, readings in self.heard.items()
        ]

    async def ask(
        self,
        nonce: bytes,
        *,
        patience_s: float = PATIENCE_S,
        connect_s: float = PATIENCE_S,
        stays_s: float = 0.0,
    ) -> bytes | None:
        """The beacon's answer to the nonce, or None where there was none in time.

        A phone whose connection is lost connects anew, as the student's page does.
        """
        for _ in range(TRIES):
            connection = await self._connect(connect_s)
            if connection is None:
                return None
            with contextlib.suppress(ConnectionLost):
                return await self._ask_over(connection, nonce, patience_s, stays_s)
        return None

    async def _connect(self, connect_s: float) -> Connection | None:
        """A connection, which may already be lost again; None where no beacon is in reach."""
        try:
            # Bumble waits for ever where a beacon goes away between its connection and the
            # report of it, so Bumble's own limit is not enough.
            async with asyncio.timeout(2 * connect_s):
                address = Address(BEACON_ADDRESS)
                connection = await self.device.connect(address, timeout=connect_s)
        except (core.TimeoutError, core.ConnectionError, TimeoutError):
            return None
        await asyncio.sleep(2 * ESTABLISHED_S)
        return connection

    async def _ask_over(
        self, connection: Connection, nonce: bytes, patience_s: float, stays_s: float
    ) -> bytes | None:
        """Raises ConnectionLost where the beacon went away before it had answered."""
        lost = asyncio.Event()
        connection.on("disconnection", lambda _reason: lost.set())
        if connection.handle not in self.device.connections:
            raise ConnectionLost
        reply = await self._unless(lost, self._converse(connection, nonce), patience_s)
        await asyncio.sleep(stays_s)
        with contextlib.suppress(TimeoutError, core.BaseBumbleError):
            async with asyncio.timeout(LEAVES_S):
                await connection.disconnect()
        return reply

    async def _unless(
        self, lost: asyncio.Event, conversation: Conversation, patience_s: float
    ) -> bytes | None:
        """What the conversation comes to in time, or None. Raises ConnectionLost."""
        talking, losing = asyncio.ensure_future(conversation), asyncio.ensure_future(lost.wait())
        try:
            await asyncio.wait({talking, losing}, timeout=patience_s, return_when="FIRST_COMPLETED")
        finally:
            for task in (talking, losing):
                task.cancel()  # which does nothing to a task that is done
            (reply, _) = await asyncio.gather(talking, losing, return_exceptions=True)
        if isinstance(reply, BaseException):
            # Bumble itself cancels what waits for an answer over a connection that is lost.
            if lost.is_set():
                raise ConnectionLost from reply
            return None
        return reply

    async def _converse(self, connection, nonce: bytes) -> bytes | None:
        answer, challenge = await characteristics(connection)
        arrived: asyncio.Queue[bytes] = asyncio.Queue()
        await answer.subscribe(lambda value: arrived.put_nowait(bytes(value)))
        await challenge.write_value(nonce, with_response=True)
        while True:
            reply = await arrived.get()
            self.replies.append(reply)
            if protocol.is_for(reply, nonce) and reply[0] != Status.WAIT:
                return reply if reply[0] == Status.ANSWER else None


async def characteristics(connection):
    """The service's answer and challenge characteristics, as a phone finds them."""
    peer = Peer(connection)
    services = await peer.discover_service(str(protocol.SERVICE_UUID))
    await services[0].discover_characteristics()
    found = {str(c.uuid).lower(): c for c in services[0].characteristics}
    return found[str(protocol.ANSWER_UUID)], found[str(protocol.CHALLENGE_UUID)]
