"""A BlueZ without a radio, on a message bus of its own (Debian's dbus-daemon).

It asks of the program's objects what BlueZ asks of them, and builds the advertisement from their
properties as BlueZ does: flags first, then service data, and the name in the scan response.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from dbus_fast import Message, MessageType, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool
from dbus_fast.service import ServiceInterface, dbus_property

from beacon.tests.patience import PATIENCE_S

ADAPTER_PATH = "/org/bluez/hci0"
DEVICE_PATH = ADAPTER_PATH + "/dev_00_00_00_00_00_"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
PROPERTIES = "org.freedesktop.DBus.Properties"
CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*"/><allow own="*"/><allow user="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A dbus-daemon for one test."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bus"
        self._configuration = folder / "bus.conf"
        self._configuration.write_text(CONFIGURATION.format(path=self._path))
        self.address = f"unix:path={self._path}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        program = shutil.which("dbus-daemon")
        assert program, "No dbus-daemon: run `apt-get install dbus` as root, or `make dbus`."
        self._path.unlink(missing_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            program,
            f"--config-file={self._configuration}",
            *("--nofork", "--print-address"),
            stdout=asyncio.subprocess.PIPE,
        )
        # The daemon prints its address as soon as it listens.
        assert self._process.stdout is not None
        await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()
            self._process = None


class Adapter(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.bluez.Adapter1")
        self.powered = False

    @dbus_property(access=PropertyAccess.READWRITE)
    def Powered(self) -> DBusBool:
        return self.powered

    @Powered.setter
    def Powered(self, value: DBusBool) -> None:
        self.powered = value


class _Marker(ServiceInterface):
    """Says only that the adapter has the interface. FakeBlueZ answers its calls."""


class FakeBlueZ:
    """``on_air`` is what the radio would send now, and ``history`` all that it ever sent."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.bus: MessageBus
        self.adapter = Adapter()
        self.on_air: tuple[bytes, str] | None = None
        self.history: list[tuple[bytes, str]] = []
        self.intervals: tuple[int, int] = (0, 0)
        self.characteristics: dict[UUID, tuple[str, list[str]]] = {}
        self.notified: list[bytes] = []
        self.refusals: dict[str, tuple[str, str]] = {}
        """For each method the name of the error that it answers with, and the error's text."""
        self.refuses_intervals = False
        self._program = ""
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, *adapters: str) -> None:
        self.bus = await MessageBus(bus_address=self._address).connect()
        self.bus.add_message_handler(self._on_message)
        for path in adapters or (ADAPTER_PATH,):
            self.plug_in(path)
        await self.bus.request_name("org.bluez")
        rule = f"type='signal',interface='{PROPERTIES}',path_namespace='/attendance'"
        await self._call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "AddMatch", rule)

    async def stop(self) -> None:
        self.bus.disconnect()
        await asyncio.sleep(0.05)

    def plug_in(self, path: str = ADAPTER_PATH) -> None:
        self.bus.export(path, self.adapter)
        self.bus.export(path, _Marker("org.bluez.LEAdvertisingManager1"))
        self.bus.export(path, _Marker("org.bluez.GattManager1"))

    def unplug(self, path: str = ADAPTER_PATH) -> None:
        self.bus.unexport(path)
        self.on_air = None
        self.adapter = Adapter()

    def switch_off(self) -> None:
        self.adapter.powered = False
        self.on_air = None
        self.adapter.emit_properties_changed({"Powered": False})

    # --- what a phone does ------------------------------------------------------------

    async def write(self, uuid: UUID, value: bytes, phone: int, **options: Variant) -> Any:
        path, _ = self.characteristics[uuid]
        told = _device(phone) | options
        return await self._call(
            self._program, path, CHARACTERISTIC, "WriteValue", value, told, signature="aya{sv}"
        )

    async def read(self, uuid: UUID, phone: int) -> bytes:
        path, _ = self.characteristics[uuid]
        return bytes(
            await self._call(
                self._program, path, CHARACTERISTIC, "ReadValue", _device(phone), signature="a{sv}"
            )
        )

    async def subscribe(self, uuid: UUID, *, on: bool = True) -> None:
        member = "StartNotify" if on else "StopNotify"
        await self._call(self._program, self.characteristics[uuid][0], CHARACTERISTIC, member)

    def disconnect(self, phone: int) -> None:
        """Let a phone leave."""
        changed = {"Connected": Variant("b", False)}
        self.bus.send(
            Message.new_signal(
                f"{DEVICE_PATH}{phone:02}",
                PROPERTIES,
                "PropertiesChanged",
                "sa{sv}as",
                ["org.bluez.Device1", changed, []],
            )
        )

    # --- what the program asks --------------------------------------------------------

    def _on_message(self, message: Message) -> Message | bool:
        if message.message_type is MessageType.SIGNAL:
            self._on_signal(message)
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        member = message.member or ""
        if member in self.refusals:
            return Message.new_error(message, *self.refusals[member])
        handler = getattr(self, f"_{member}", None)
        if handler is None or not (message.interface or "").endswith("Manager1"):
            return False
        task = asyncio.ensure_future(self._reply(handler, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def _on_signal(self, message: Message) -> None:
        if message.member == "PropertiesChanged" and message.body[0] == CHARACTERISTIC:
            self.notified.append(bytes(message.body[1]["Value"].value))

    async def _reply(self, handler: Any, message: Message) -> None:
        error = await handler(message.sender, *message.body)
        reply = (
            Message.new_error(message, error, error)
            if error
            else Message.new_method_return(message)
        )
        self.bus.send(reply)

    async def _RegisterAdvertisement(self, sender: str, path: str, options: Any) -> str:
        if self.on_air is not None:
            return "org.bluez.Error.NotPermitted"
        told = await self._call(
            sender, path, PROPERTIES, "GetAll", "org.bluez.LEAdvertisement1", signature="s"
        )
        values = {name: variant.value for name, variant in told.items()}
        payload = bytes.fromhex("020106")
        for uuid, data in values["ServiceData"].items():
            field = UUID(uuid).bytes[::-1] + bytes(data.value)
            payload += bytes([len(field) + 1, 0x21]) + field
        if values["Type"] != "peripheral" or len(payload) > 31:
            return "org.bluez.Error.InvalidLength"
        if self.refuses_intervals and "MinInterval" in values:
            return "org.bluez.Error.NotPermitted"
        self.intervals = (values.get("MinInterval", 1280), values.get("MaxInterval", 1280))
        self.on_air = (payload, values["LocalName"])
        self.history.append(self.on_air)
        return ""

    async def _UnregisterAdvertisement(self, sender: str, path: str) -> str:
        if self.on_air is None:
            return "org.bluez.Error.DoesNotExist"
        self.on_air = None
        return ""

    async def _RegisterApplication(self, sender: str, path: str, options: Any) -> str:
        objects = await self._call(
            sender, path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"
        )
        self._program = sender
        self.characteristics = {
            UUID(has[CHARACTERISTIC]["UUID"].value): (where, has[CHARACTERISTIC]["Flags"].value)
            for where, has in objects.items()
            if CHARACTERISTIC in has
        }
        services = [has for has in objects.values() if "org.bluez.GattService1" in has]
        return "" if len(services) == 1 else "org.bluez.Error.InvalidArguments"

    async def _UnregisterApplication(self, sender: str, path: str) -> str:
        self.characteristics = {}
        return ""

    async def _call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        *body: Any,
        signature: str | None = None,
    ) -> Any:
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature="s" * len(body) if signature is None else signature,
            body=list(body),
        )
        reply = await self.bus.call(message)
        if reply.message_type is MessageType.ERROR:
            raise RuntimeError(f"{reply.error_name}: {reply.body}")
        return reply.body[0] if reply.body else None


def _device(phone: int) -> dict[str, Variant]:
    return {"device": Variant("o", f"{DEVICE_PATH}{phone:02}")}
