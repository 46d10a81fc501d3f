"""The radio of macOS and Windows calls bless by its own interface, and in the right order.

What bless does with the calls needs those systems. Its abstract server is the same everywhere.
"""

import inspect
import threading
from types import SimpleNamespace

import pytest
from bless import GATTAttributePermissions, GATTCharacteristicProperties
from bless.backends.server import BaseBlessServer

from beacon import protocol
from beacon.bless_radio import BlessRadio
from beacon.desk import Desk
from beacon.protocol import ANSWER_UUID, CHALLENGE_UUID, SERVICE_UUID
from beacon.radio import RadioProblem
from beacon.tests.patience import until

KEY, SLOT = bytes(range(32)), 353_000_000
IDS = [protocol.ephemeral_id(KEY, SLOT + n, 12) for n in range(3)]
NONCE = bytes(range(0xA0, 0xB0))


class Server(BaseBlessServer):
    """bless's server without an operating system below. ``calls`` has all calls in order."""

    def __init__(self, computer, name: str, **options) -> None:
        super().__init__(**options)
        self.computer, self.name = computer, name
        self.characteristics = {}
        computer.servers.append(self)

    def _note(self, method: str, *args, **kwargs) -> None:
        # The call must fit bless's documented signature, or this raises TypeError.
        inspect.signature(getattr(BaseBlessServer, method)).bind(self, *args, **kwargs)
        self.computer.calls.append((self.computer.servers.index(self), method, *args))

    async def start(self, **kwargs) -> bool:
        self._note("start", **kwargs)
        if self.computer.broken:
            raise OSError("Bluetooth is off")
        self.computer.on_air.update(dict.fromkeys(self.services, self))
        return True

    async def stop(self) -> bool:
        self._note("stop")
        for uuid in [u for u, server in self.computer.on_air.items() if server is self]:
            del self.computer.on_air[uuid]
        return True

    async def is_connected(self) -> bool:
        return False

    async def is_advertising(self) -> bool:
        return self in self.computer.on_air.values()

    async def add_new_service(self, uuid: str) -> None:
        self._note("add_new_service", uuid)
        by_uuid = self.characteristics
        self.services[uuid] = SimpleNamespace(uuid=uuid, get_characteristic=by_uuid.get)

    async def add_new_characteristic(
        self, service_uuid, char_uuid, properties, value, permissions
    ) -> None:
        self._note(
            "add_new_characteristic", service_uuid, char_uuid, properties, value, permissions
        )
        self.characteristics[char_uuid] = SimpleNamespace(
            uuid=char_uuid, value=value, properties=properties, permissions=permissions
        )

    async def add_new_descriptor(self, *args) -> None:
        raise AssertionError("none is needed")

    def update_value(self, service_uuid: str, char_uuid: str) -> bool:
        self._note("update_value", service_uuid, char_uuid)
        self.computer.notified.append(bytes(self.characteristics[char_uuid].value))
        return True


class Computer:
    def __init__(self) -> None:
        self.servers, self.calls, self.on_air, self.notified = [], [], {}, []
        self.broken = False

    def make(self, name: str, **options) -> Server:
        return Server(self, name, **options)


@pytest.fixture
def computer() -> Computer:
    return Computer()


@pytest.fixture
def desk() -> Desk:
    made = Desk(slot=lambda: SLOT)
    made.key = KEY
    return made


def uuid_of(long_id: bytes) -> str:
    return str(protocol.id_as_uuid(long_id))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
async def test_each_slot_s_uuid_is_on_the_air_alone(computer, desk, platform):
    radio = BlessRadio(computer.make, platform=platform)
    await radio.open(desk)
    service = {str(SERVICE_UUID)} if platform == "win32" else set()
    assert set(computer.on_air) == service
    for long_id in IDS:
        await radio.advertise(long_id, "ATT B-204")
        assert set(computer.on_air) == service | {uuid_of(long_id)}
    await radio.silence()
    await radio.silence()
    assert set(computer.on_air) == service
    await radio.close()
    assert computer.on_air == {}


async def test_names_are_short_enough_for_bless_to_keep_the_uuid(computer, desk):
    """bless's macOS server drops the UUIDs of a server whose name is longer than ten characters."""
    radio = BlessRadio(computer.make)
    await radio.open(desk)
    await radio.advertise(IDS[0], "ATT Lecture Hall 3")
    assert all(len(server.name) <= 8 for server in computer.servers)


async def test_the_service_is_made_before_it_is_started(computer, desk):
    await BlessRadio(computer.make, platform="win32").open(desk)
    service, properties = str(SERVICE_UUID), GATTCharacteristicProperties
    writes = properties.write | properties.write_without_response
    reads = properties.read | properties.notify
    assert computer.calls == [
        (0, "add_new_service", service),
        (
            *(0, "add_new_characteristic", service, str(CHALLENGE_UUID)),
            *(writes, None, GATTAttributePermissions.writeable),
        ),
        (
            *(0, "add_new_characteristic", service, str(ANSWER_UUID)),
            *(reads, None, GATTAttributePermissions.readable),
        ),
        (0, "start"),
    ]


async def test_a_nonce_written_in_another_thread_is_answered_by_notification(computer, desk):
    radio = BlessRadio(computer.make)
    await radio.open(desk)
    server = computer.servers[0]
    written = threading.Thread(
        target=server.write_request, args=(str(CHALLENGE_UUID), bytearray(NONCE))
    )
    written.start()
    written.join()
    assert computer.notified == []
    await until(lambda: computer.notified)
    expected = protocol.answer(KEY, SLOT, NONCE)
    assert computer.notified == [expected]
    assert server.read_request(str(ANSWER_UUID)) == expected


async def test_writes_elsewhere_and_before_any_answer_do_no_harm(computer, desk):
    radio = BlessRadio(computer.make)
    await radio.open(desk)
    server = computer.servers[0]
    assert server.read_request(str(ANSWER_UUID)) == b""
    server.write_request(str(ANSWER_UUID), bytearray(NONCE))
    server.write_request(str(CHALLENGE_UUID), None)
    await until(lambda: computer.notified)
    assert [reply[0] for reply in computer.notified] == [protocol.Status.NOT_A_NONCE]


async def test_a_system_that_refuses_is_put_into_words(computer, desk):
    computer.broken = True
    radio = BlessRadio(computer.make)
    with pytest.raises(RadioProblem, match="Bluetooth is off") as raised:
        await radio.open(desk)
    assert "Privacy" in raised.value.mend
    await radio.close()


async def test_a_radio_that_fails_on_the_way_counts_as_lost(computer, desk):
    radio = BlessRadio(computer.make)
    await radio.open(desk)
    computer.broken = True
    with pytest.raises(RadioProblem):
        await radio.advertise(IDS[0], "ATT")
    assert radio.lost.is_set()
    await radio.close()
    assert computer.on_air == {}
