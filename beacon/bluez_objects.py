"""What this program offers to BlueZ: a service, its characteristics, and an advertisement."""

from typing import Annotated, Any

from dbus_fast import DBusError, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import (
    DBusBool,
    DBusBytes,
    DBusDict,
    DBusObjectPath,
    DBusSignature,
    DBusStr,
    DBusUInt32,
)
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from beacon import protocol
from beacon.desk import Desk

APPLICATION_PATH = "/attendance/beacon"
SERVICE_PATH = APPLICATION_PATH + "/service"
CHALLENGE_PATH = SERVICE_PATH + "/challenge"
ANSWER_PATH = SERVICE_PATH + "/answer"
ADVERTISEMENT_PATH = "/attendance/advertisement"
"""It lies beside the application, since BlueZ would look for a service in it otherwise."""
INTERVAL_MS = (100, 150)
"""The shortest and longest time between two advertisements. BlueZ before 5.77 reads it with -E
only, and some kernels keep to their 1280 ms (bluez/bluez#314, #833): docs/beacon-on-a-pi.md sets
those."""

Texts = Annotated[list[str], DBusSignature("as")]
Read = PropertyAccess.READ


class Service(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.bluez.GattService1")

    @dbus_property(access=Read)
    def UUID(self) -> DBusStr:  # the name is D-Bus's, like the others below
        return str(protocol.SERVICE_UUID)

    @dbus_property(access=Read)
    def Primary(self) -> Annotated[bool, DBusSignature("b")]:
        return True


class ChallengeCharacteristic(ServiceInterface):
    """Takes nonces from phones."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._desk = desk

    @dbus_property(access=Read)
    def UUID(self) -> DBusStr:
        return str(protocol.CHALLENGE_UUID)

    @dbus_property(access=Read)
    def Service(self) -> DBusObjectPath:
        return SERVICE_PATH

    @dbus_property(access=Read)
    def Flags(self) -> Texts:
        return ["write", "write-without-response"]

    @dbus_method()
    def WriteValue(self, value: DBusBytes, options: DBusDict) -> None:
        if _option(options, "offset", 0):
            raise DBusError("org.bluez.Error.InvalidOffset", "A nonce is written at once.")
        self._desk.ask(_phone(options), bytes(value))


class AnswerCharacteristic(ServiceInterface):
    """Gives replies to phones, which read them or are notified."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("org.bluez.GattCharacteristic1")
        self._desk = desk
        self._notifying = False

    def notify(self, reply: bytes) -> None:
        if self._notifying:
            self.emit_properties_changed({"Value": reply})

    @dbus_property(access=Read)
    def UUID(self) -> DBusStr:
        return str(protocol.ANSWER_UUID)

    @dbus_property(access=Read)
    def Service(self) -> DBusObjectPath:
        return SERVICE_PATH

    @dbus_property(access=Read)
    def Flags(self) -> Texts:
        return ["read", "notify"]

    @dbus_property(access=Read)
    def Value(self) -> DBusBytes:
        return b""  # each phone has its own reply, which ReadValue gives

    @dbus_method()
    def ReadValue(self, options: DBusDict) -> DBusBytes:
        return self._desk.reply_for(_phone(options))[int(_option(options, "offset", 0)) :]

    @dbus_method()
    def StartNotify(self) -> None:
        self._notifying = True

    @dbus_method()
    def StopNotify(self) -> None:
        self._notifying = False


class Advertisement(ServiceInterface):
    """Payload A. BlueZ adds the flags, if told to, and puts the name into the scan response."""

    def __init__(self) -> None:
        super().__init__("org.bluez.LEAdvertisement1")
        self._short_id, self._name = b"", ""

    def show(self, short_id: bytes, name: str) -> None:
        self._short_id, self._name = short_id, name

    @dbus_property(access=Read)
    def Type(self) -> DBusStr:
        return "peripheral"

    @dbus_property(access=Read)
    def Discoverable(self) -> DBusBool:
        """Whether BlueZ sends flags where the adapter is not discoverable. Without flags, scanners
        that look for discoverable devices ignore the beacon (bluez/bluez#1353)."""
        return True

    @dbus_property(access=Read)
    def ServiceData(self) -> DBusDict:
        return {str(protocol.SERVICE_UUID): Variant("ay", self._short_id)}

    @dbus_property(access=Read)
    def LocalName(self) -> DBusStr:
        return self._name

    @dbus_method()
    def Release(self) -> None:
        """BlueZ took the advertisement off the air. Signals tell whether the adapter is gone."""


class QuickAdvertisement(Advertisement):
    """An advertisement with an interval of its own, which some versions of BlueZ refuse instead of
    ignoring it (bluez/bluez#527, bluez/bluer#142)."""

    @dbus_property(access=Read)
    def MinInterval(self) -> DBusUInt32:
        return INTERVAL_MS[0]

    @dbus_property(access=Read)
    def MaxInterval(self) -> DBusUInt32:
        return INTERVAL_MS[1]


def export(
    bus: MessageBus,
    service: Service,
    challenge: ChallengeCharacteristic,
    answer: AnswerCharacteristic,
) -> None:
    bus.export(SERVICE_PATH, service)
    bus.export(CHALLENGE_PATH, challenge)
    bus.export(ANSWER_PATH, answer)


def _phone(options: dict[str, Variant]) -> str:
    """BlueZ's path of the phone that asks."""
    return str(_option(options, "device", "somebody"))


def _option(options: dict[str, Variant], name: str, default: Any) -> Any:
    return options[name].value if name in options else default
