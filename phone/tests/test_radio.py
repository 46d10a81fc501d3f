"""What becomes of advertisements and replies. Calls to bleak are checked by its signatures."""

import sys
import time
from types import ModuleType, SimpleNamespace
from unittest.mock import create_autospec

import bleak
import pytest

from beacon import protocol
from phone import radio as phone_radio
from phone.radio import BleakRadio, Heard, id_in

KEY, NONCE = bytes(32), bytes(range(16))
SHORT = protocol.ephemeral_id(KEY, 7)
LONG = protocol.ephemeral_id(KEY, 7, protocol.LONG_ID_BYTES)


def test_an_id_is_found_in_either_payload():
    assert id_in({str(protocol.SERVICE_UUID): SHORT}, []) == SHORT
    assert (
        id_in({}, ["0000180f-0000-1000-8000-00805f9b34fb", str(protocol.id_as_uuid(LONG))]) == LONG
    )


@pytest.mark.parametrize(
    ("data", "uuids"),
    [({}, []), ({str(protocol.SERVICE_UUID): b"short"}, []), ({}, ["180f", "x" * 35])],
)
def test_other_devices_are_let_pass(data, uuids):
    assert id_in(data, uuids) is None


def test_readings_are_reported_in_the_shape_of_the_api():
    heard, began_s = Heard(), time.monotonic()
    for rssi in (-60, -61):
        heard.note(SHORT, rssi)
    (sighting,) = heard.sightings()
    passed_s = round(time.monotonic() - began_s, 2)
    assert (sighting["eid"], sighting["rssi_dbm"]) == (SHORT.hex(), [-60, -61])
    assert all(0 <= ago <= passed_s for ago in sighting["heard_s_ago"])


OTHER = {str(protocol.SERVICE_UUID): bytes(protocol.SHORT_ID_BYTES)}


@pytest.fixture
def air(monkeypatch):
    """Put a beacon on the air in place of bleak. Calls have to fit bleak's real signatures."""
    state = SimpleNamespace(replies=[], written=[], full_for=0, to_read=b"")

    class Scanner:
        def __init__(self, detection_callback):
            self.tell = detection_callback

        async def __aenter__(self):
            seen = SimpleNamespace(
                service_data={str(protocol.SERVICE_UUID): SHORT}, service_uuids=[], rssi=-58
            )
            self.tell(SimpleNamespace(address="the beacon"), seen)
            next_door = SimpleNamespace(**vars(seen) | {"rssi": -90, "service_data": OTHER})
            self.tell(SimpleNamespace(address="next door"), next_door)

        async def __aexit__(self, *exc):
            pass

    def client(device):
        made = create_autospec(bleak.BleakClient, instance=True)
        made.__aenter__.return_value = made

        async def notify(uuid, callback):
            state.callback = callback

        async def write(uuid, data, response):
            state.written.append((device, uuid, data, response))
            full = protocol.sorry(protocol.Status.FULL, NONCE)
            replies = state.replies if len(state.written) > state.full_for else [full]
            for reply in replies:
                state.callback(None, bytearray(reply))

        async def read(uuid):
            return bytearray(state.to_read)

        made.start_notify.side_effect = notify
        made.read_gatt_char.side_effect = read
        made.write_gatt_char.side_effect = write
        return made

    module = ModuleType("bleak")
    module.BleakScanner, module.BleakClient = Scanner, client
    module.BleakError = bleak.BleakError
    monkeypatch.setitem(sys.modules, "bleak", module)
    return state


def radio():
    made = BleakRadio(listens_s=0.01, patience_s=0.5)
    assert made.hear()[0]["rssi_dbm"] == [-58]
    return made


def test_the_beacon_that_was_heard_is_asked_and_waited_for(air):
    answer = protocol.answer(KEY, 7, NONCE)
    air.replies = [protocol.wait(NONCE, 3), protocol.answer(KEY, 7, bytes(16)[::-1]), answer]
    air.replies[1] = b"\x01\xff\xff\xff" + air.replies[1][4:]  # a reply for another phone
    assert radio().ask(NONCE) == answer
    assert air.written == [("the beacon", str(protocol.CHALLENGE_UUID), NONCE, True)]


def test_a_full_beacon_is_written_to_again(air, monkeypatch):
    monkeypatch.setattr(phone_radio, "FULL_PAUSE_S", 0.01)
    air.full_for, air.replies = 2, [protocol.answer(KEY, 7, NONCE)]
    assert radio().ask(NONCE) == air.replies[0]
    assert len(air.written) == 3


def test_an_answer_whose_notification_was_lost_is_read(air, monkeypatch):
    monkeypatch.setattr(phone_radio, "READ_EVERY_S", 0.01)
    air.to_read = protocol.answer(KEY, 7, NONCE)
    assert radio().ask(NONCE) == air.to_read


def test_a_beacon_without_a_session_gives_no_answer(air):
    air.replies = [protocol.sorry(protocol.Status.NO_SESSION, NONCE)]
    assert radio().ask(NONCE) is None


def test_a_silent_beacon_is_given_up(air):
    assert radio().ask(NONCE) is None


def test_without_bluetooth_nothing_is_heard_and_nobody_is_asked(air, monkeypatch, capsys):
    async def fails(scanner):
        raise bleak.BleakError("Bluetooth device is turned off")

    monkeypatch.setattr(sys.modules["bleak"].BleakScanner, "__aenter__", fails)
    made = BleakRadio(listens_s=0.01)
    assert (made.hear(), made.ask(NONCE)) == ([], None)
    assert "turned off" in capsys.readouterr().err


def test_whoever_heard_no_beacon_asks_none(air):
    assert BleakRadio().ask(NONCE) is None
