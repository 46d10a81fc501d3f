"""The radio of Linux, against a BlueZ without hardware on a message bus of its own."""

import pytest
from dbus_fast import Variant

from beacon import protocol
from beacon.bluez import BlueZRadio
from beacon.desk import AT_ONCE, Desk
from beacon.protocol import ANSWER_UUID, CHALLENGE_UUID, Status
from beacon.radio import RadioProblem
from beacon.tests.fake_bluez import ADAPTER_PATH, Bus, FakeBlueZ
from beacon.tests.patience import until

pytestmark = pytest.mark.slow

KEY, SLOT = bytes(range(32)), 353_000_000
LONG_ID = protocol.ephemeral_id(KEY, SLOT, 12)
NONCE = bytes(range(0xA0, 0xB0))


@pytest.fixture
async def bus(tmp_path):
    running = Bus(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def bluez(bus):
    fake = FakeBlueZ(bus.address)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def desk() -> Desk:
    made = Desk(slot=lambda: SLOT)
    made.key = KEY
    return made


@pytest.fixture
async def radio(bus, bluez, desk):
    opened = BlueZRadio(bus_address=bus.address)
    await opened.open(desk)
    yield opened
    await opened.close()


async def problem_of(bus, desk, **options) -> RadioProblem:
    radio = BlueZRadio(bus_address=bus.address, **options)
    with pytest.raises(RadioProblem) as raised:
        await radio.open(desk)
    await radio.close()
    return raised.value


# --- on the air -----------------------------------------------------------------------


async def test_what_bluez_sends_is_payload_a_with_the_rooms_name(radio, bluez):
    assert bluez.adapter.powered
    assert bluez.on_air is None
    await radio.advertise(LONG_ID, "ATT B-204")
    assert bluez.on_air == (protocol.payload_a(LONG_ID[:8]), "ATT B-204")
    assert bluez.intervals == (100, 150)
    assert radio.words == "BlueZ, hci0"


async def test_each_slot_takes_the_place_of_the_last(radio, bluez):
    ids = [protocol.ephemeral_id(KEY, SLOT + n, 12) for n in range(5)]
    for long_id in ids:
        await radio.advertise(long_id, "ATT B-204")
    assert [payload for payload, _ in bluez.history] == [
        protocol.payload_a(long_id[:8]) for long_id in ids
    ]
    await radio.silence()
    await radio.silence()
    assert bluez.on_air is None


async def test_a_bluez_that_refuses_an_interval_advertises_without_one(radio, bluez):
    bluez.refuses_intervals = True
    for n in range(2):
        long_id = protocol.ephemeral_id(KEY, SLOT + n, 12)
        await radio.advertise(long_id, "ATT B-204")
        assert bluez.on_air == (protocol.payload_a(long_id[:8]), "ATT B-204")
    assert bluez.intervals == (1280, 1280)


async def test_closing_takes_everything_back(radio, bluez):
    await radio.advertise(LONG_ID, "ATT B-204")
    await radio.close()
    assert bluez.on_air is None
    assert bluez.characteristics == {}


# --- asking ---------------------------------------------------------------------------


async def test_the_service_has_what_phones_look_for(radio, bluez):
    assert {uuid: flags for uuid, (_, flags) in bluez.characteristics.items()} == {
        CHALLENGE_UUID: ["write", "write-without-response"],
        ANSWER_UUID: ["read", "notify"],
    }


async def test_a_nonce_is_answered_to_be_read_and_by_notification(radio, bluez):
    await bluez.subscribe(ANSWER_UUID)
    await bluez.write(CHALLENGE_UUID, NONCE, phone=1)
    await until(lambda: bluez.notified)
    expected = protocol.answer(KEY, SLOT, NONCE)
    assert bluez.notified == [expected]
    assert await bluez.read(ANSWER_UUID, phone=1) == expected
    assert await bluez.read(ANSWER_UUID, phone=2) == b""


async def test_nobody_is_notified_who_did_not_subscribe(radio, bluez):
    await bluez.subscribe(ANSWER_UUID)
    await bluez.subscribe(ANSWER_UUID, on=False)
    await bluez.write(CHALLENGE_UUID, NONCE, phone=1)
    assert await bluez.read(ANSWER_UUID, phone=1) != b""
    assert bluez.notified == []


@pytest.mark.parametrize("written", [b"", b"\x01", bytes(15), bytes(17), bytes(512)])
async def test_what_is_no_nonce_is_told_so(radio, bluez, written):
    await bluez.write(CHALLENGE_UUID, written, phone=1)
    assert (await bluez.read(ANSWER_UUID, phone=1))[0] == Status.NOT_A_NONCE


async def test_a_nonce_in_pieces_is_refused(radio, bluez):
    with pytest.raises(RuntimeError, match="InvalidOffset"):
        await bluez.write(CHALLENGE_UUID, NONCE, phone=1, offset=Variant("q", 4))


async def test_a_phone_that_disconnects_makes_room_for_the_next(radio, bluez, desk):
    for phone in range(AT_ONCE + 1):
        await bluez.write(CHALLENGE_UUID, bytes([phone]) * 16, phone=phone)
    assert (await bluez.read(ANSWER_UUID, phone=AT_ONCE))[0] == Status.WAIT
    bluez.disconnect(0)
    await until(lambda: desk.waiting == 0)
    assert (await bluez.read(ANSWER_UUID, phone=AT_ONCE))[0] == Status.ANSWER


# --- lost and found -------------------------------------------------------------------


@pytest.mark.parametrize("how", ["unplug", "switch_off"])
async def test_an_adapter_that_goes_is_noticed_and_can_be_opened_again(
    radio, bluez, bus, desk, how
):
    await radio.advertise(LONG_ID, "ATT B-204")
    getattr(bluez, how)()
    await until(radio.lost.is_set)
    await radio.close()
    if how == "unplug":
        assert "adapter" in str(await problem_of(bus, desk))
        bluez.plug_in()
    again = BlueZRadio(bus_address=bus.address)
    await again.open(desk)
    await again.advertise(LONG_ID, "ATT B-204")
    assert bluez.adapter.powered
    assert bluez.on_air is not None
    await again.close()


async def test_bluez_restarting_is_noticed(radio, bluez, bus, desk):
    await bluez.stop()
    await until(radio.lost.is_set)
    await radio.close()
    assert "not running" in str(await problem_of(bus, desk))
    await bluez.start()
    again = BlueZRadio(bus_address=bus.address)
    await again.open(desk)
    await again.close()


async def test_the_message_bus_going_away_is_noticed(radio, bus):
    await bus.stop()
    await until(radio.lost.is_set)
    with pytest.raises(RadioProblem):
        await radio.advertise(LONG_ID, "ATT B-204")
    await radio.close()


# --- what is missing, and how to mend it ----------------------------------------------


async def test_no_message_bus(tmp_path, desk):
    problem = await problem_of(Bus(tmp_path), desk)
    assert "message bus" in str(problem)
    assert "systemctl start dbus" in problem.mend


async def test_no_bluez(bus, desk):
    problem = await problem_of(bus, desk)
    assert "BlueZ" in str(problem)
    assert "systemctl enable --now bluetooth" in problem.mend


async def test_no_adapter_and_another_adapter(bus, bluez, desk):
    problem = await problem_of(bus, desk, adapter="hci3")
    assert "hci3" in str(problem)
    assert "hci0" in problem.mend
    bluez.unplug(ADAPTER_PATH)
    assert "Plug one in" in (await problem_of(bus, desk)).mend


@pytest.mark.parametrize(
    ("method", "error", "mend"),
    [
        ("RegisterApplication", "org.freedesktop.DBus.Error.AccessDenied", "usermod"),
        ("GetManagedObjects", "org.freedesktop.DBus.Error.AccessDenied", "usermod"),
        ("RegisterApplication", "org.bluez.Error.Failed", "restart bluetooth"),
    ],
)
async def test_what_bluez_refuses_is_put_into_words(bus, bluez, desk, method, error, mend):
    bluez.refusals[method] = (error, "no")
    assert mend in (await problem_of(bus, desk)).mend


async def test_an_adapter_that_is_blocked(bus, bluez, desk):
    bluez.refusals["Set"] = ("org.bluez.Error.Failed", "Blocked by rfkill")
    problem = await problem_of(bus, desk)
    assert "rfkill" in str(problem)
    assert "rfkill unblock bluetooth" in problem.mend


async def test_an_adapter_that_others_use_up(radio, bluez):
    bluez.on_air = (b"another program's", "")
    with pytest.raises(RadioProblem, match="no further advertisement"):
        await radio.advertise(LONG_ID, "ATT B-204")


async def test_a_second_adapter_by_name(bus, desk):
    fake = FakeBlueZ(bus.address)
    await fake.start("/org/bluez/hci1")
    radio = BlueZRadio(adapter="hci1", bus_address=bus.address)
    await radio.open(desk)
    assert radio.words == "BlueZ, hci1"
    await radio.close()
    await fake.stop()
