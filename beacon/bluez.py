"""The radio of Linux: BlueZ, over D-Bus. It sends payload A.

BlueZ's objects, and what it asks of ours, are described in org.bluez.LEAdvertisingManager(5),
org.bluez.LEAdvertisement(5), org.bluez.GattManager(5), org.bluez.GattCharacteristic(5).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from beacon.bluez_objects import (
    ADVERTISEMENT_PATH,
    APPLICATION_PATH,
    Advertisement,
    AnswerCharacteristic,
    ChallengeCharacteristic,
    QuickAdvertisement,
    Service,
    export,
)
from beacon.desk import Desk
from beacon.protocol import SHORT_ID_BYTES
from beacon.radio import RadioProblem

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
ADVERTISING = "org.bluez.LEAdvertisingManager1"
GATT = "org.bluez.GattManager1"
DEVICE = "org.bluez.Device1"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
_WATCHED = (
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}',member='InterfacesRemoved'",
    f"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{BLUEZ}'",
)
CALL_S = 10.0


class ServiceOff(RadioProblem):
    def __init__(self) -> None:
        super().__init__(
            "BlueZ, Linux's Bluetooth service, is not running.",
            "Install and start it: sudo apt install bluez && sudo systemctl enable --now bluetooth",
        )


class NoAdapter(RadioProblem):
    def __init__(self) -> None:
        super().__init__(
            "There is no Bluetooth adapter that can advertise.",
            "Plug one in, or see whether 'bluetoothctl list' and 'rfkill list' show it. On a "
            "Raspberry Pi, remove 'dtoverlay=disable-bt' from config.txt.",
        )


class NotAllowed(RadioProblem):
    def __init__(self) -> None:
        super().__init__(
            "This user may not use Bluetooth.",
            "sudo usermod -aG bluetooth $USER, then log in again; or run it as the systemd unit "
            "does.",
        )


class BlueZRadio:
    """One adapter: the named one, or the first one that can advertise."""

    def __init__(self, adapter: str = "", bus_address: str | None = None) -> None:
        self.lost = asyncio.Event()
        self._wanted, self._bus_address = adapter, bus_address
        self._bus: MessageBus | None = None
        self._adapter = ""
        self._advertising = False
        self._advertisement: Advertisement = QuickAdvertisement()
        self._answer: AnswerCharacteristic | None = None
        self._desk: Desk | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def words(self) -> str:
        return f"BlueZ, {self._adapter.rpartition('/')[2] or 'no adapter yet'}"

    # --- opening and closing ----------------------------------------------------------

    async def open(self, desk: Desk) -> None:
        self._desk, self._bus = desk, await self._connect()
        self._watch = asyncio.create_task(self._until_disconnected(self._bus))
        self._bus.add_message_handler(self._on_message)
        for rule in _WATCHED:
            await self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "AddMatch", rule)
        self._adapter = await self._find_adapter()
        await self._power_on()
        self._answer = AnswerCharacteristic(desk)
        export(self._bus, Service(), ChallengeCharacteristic(desk), self._answer)
        desk.send = self._send
        await self._on_adapter(GATT, "RegisterApplication", "oa{sv}", [APPLICATION_PATH, {}])

    async def close(self) -> None:
        if self._bus is None:
            return
        if self._desk is not None:
            self._desk.send = lambda phone, reply: None
        if self._adapter:
            with contextlib.suppress(RadioProblem):
                await self.silence()
                await self._on_adapter(GATT, "UnregisterApplication", "o", [APPLICATION_PATH])
        if self._watch is not None:
            self._watch.cancel()
        self._bus.remove_message_handler(self._on_message)
        self._bus.disconnect()
        self._bus = None

    async def _connect(self) -> MessageBus:
        try:
            bus = MessageBus(bus_type=BusType.SYSTEM, bus_address=self._bus_address)
            return await bus.connect()
        except (OSError, DBusFastError) as error:
            raise RadioProblem(
                f"The system's message bus cannot be reached ({error}).",
                "Start it: sudo systemctl start dbus. In a container, mount /run/dbus.",
            ) from error

    async def _until_disconnected(self, bus: MessageBus) -> None:
        with contextlib.suppress(Exception):  # it has ended, whatever the cause
            await bus.wait_for_disconnect()
        self._mark_lost()

    async def _find_adapter(self) -> str:
        objects = await self._call(BLUEZ, "/", "GetManagedObjects", interface=OBJECTS)
        able = [p for p, has in objects.items() if ADVERTISING in has and GATT in has]
        for path in sorted(able):
            if self._wanted in ("", path.rpartition("/")[2]):
                return str(path)
        if self._wanted and able:
            raise RadioProblem(
                f"There is no adapter {self._wanted}.",
                f"There is {', '.join(p.rpartition('/')[2] for p in sorted(able))}.",
            )
        raise NoAdapter

    async def _power_on(self) -> None:
        body = [ADAPTER, "Powered", Variant("b", True)]
        try:
            await self._on_adapter(PROPERTIES, "Set", "ssv", body)
        except NotAllowed:
            raise
        except RadioProblem as problem:
            raise RadioProblem(
                f"The adapter cannot be switched on ({problem}).",
                "It may be blocked: rfkill unblock bluetooth",
            ) from problem

    # --- advertising ------------------------------------------------------------------

    async def advertise(self, long_id: bytes, name: str) -> None:
        """Register each slot's advertisement anew, since BlueZ reads it only then.

        The air is silent for the few milliseconds in between. To register the next one before the
        last is gone would take a second instance, which not every adapter has. Without extended
        advertising the kernel would then let the two take turns of 2 s each.
        """
        await self.silence()
        try:
            await self._register(long_id[:SHORT_ID_BYTES], name)
        except RadioProblem:
            if self.lost.is_set() or not isinstance(self._advertisement, QuickAdvertisement):
                raise
            self._advertisement = Advertisement()
            await self._register(long_id[:SHORT_ID_BYTES], name)

    async def _register(self, short_id: bytes, name: str) -> None:
        if self._bus is not None:
            self._bus.unexport(ADVERTISEMENT_PATH)
            self._bus.export(ADVERTISEMENT_PATH, self._advertisement)
        self._advertisement.show(short_id, name)
        path = [ADVERTISEMENT_PATH, {}]
        await self._on_adapter(ADVERTISING, "RegisterAdvertisement", "oa{sv}", path)
        self._advertising = True

    async def silence(self) -> None:
        if self._advertising:
            self._advertising = False
            path = [ADVERTISEMENT_PATH]
            await self._on_adapter(ADVERTISING, "UnregisterAdvertisement", "o", path)

    # --- D-Bus ------------------------------------------------------------------------

    async def _on_adapter(
        self, interface: str, member: str, signature: str, body: list[Any]
    ) -> Any:
        return await self._call(
            BLUEZ, self._adapter, member, *body, interface=interface, signature=signature
        )

    async def _call(
        self,
        destination: str,
        path: str,
        member: str,
        *body: Any,
        interface: str = "org.freedesktop.DBus",
        signature: str = "",
    ) -> Any:
        """Call a method over D-Bus. Returns the reply's first value. Raises RadioProblem."""
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature or "s" * len(body),
            body=list(body),
        )
        if self._bus is None or not self._bus.connected:
            raise ServiceOff
        try:
            async with asyncio.timeout(CALL_S):
                reply = await self._bus.call(message)
        except (OSError, EOFError, TimeoutError, DBusError, DBusFastError) as error:
            raise RadioProblem(
                f"Bluetooth does not answer ({error or type(error).__name__}).",
                "sudo systemctl restart bluetooth",
            ) from error
        if reply is None or reply.message_type is MessageType.ERROR:
            raise _problem(reply)
        return reply.body[0] if reply.body else None

    def _on_message(self, message: Message) -> bool:
        """Whether the message was dealt with here. Signals tell what was lost, and who left."""
        if message.message_type is MessageType.SIGNAL:
            first = message.body[0] if message.body else ""
            gone = {"NameOwnerChanged": BLUEZ, "InterfacesRemoved": self._adapter}
            if gone.get(message.member or "") == first:
                self._mark_lost()
            elif message.member == "PropertiesChanged":
                self._on_change(message.path or "", *message.body[:2])
        return False

    def _on_change(self, path: str, interface: str, changed: dict[str, Variant]) -> None:
        off = {name for name, variant in changed.items() if variant.value is False}
        if interface == ADAPTER and path == self._adapter and "Powered" in off:
            self._mark_lost()
        elif interface == DEVICE and "Connected" in off and self._desk is not None:
            self._desk.leave(path)

    def _mark_lost(self) -> None:
        self._advertising = False
        self.lost.set()

    def _send(self, phone: str, reply: bytes) -> None:
        """Notify. BlueZ notifies every phone that subscribed, so that replies carry a tag."""
        if self._answer is not None:
            self._answer.notify(reply)


_OFF = (".ServiceUnknown", ".NameHasNoOwner", ".UnknownObject", ".NoSuchUnit", ".UnitMasked")


def _problem(reply: Message | None) -> RadioProblem:
    """The meaning of a D-Bus error, in words."""
    name = reply.error_name or "" if reply else ""
    text = str(reply.body[0]) if reply and reply.body else name
    if name.endswith(_OFF):
        return ServiceOff()
    if name.endswith((".AccessDenied", ".NotAuthorized", ".AuthFailed")):
        return NotAllowed()
    if name.endswith(".NotPermitted"):
        return RadioProblem(
            f"The adapter takes no further advertisement ({text}).",
            "Stop other programs that advertise, or restart: sudo systemctl restart bluetooth",
        )
    return RadioProblem(f"BlueZ refused ({text}).", "sudo systemctl restart bluetooth")
