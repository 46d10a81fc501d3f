"""Advertising and the GATT service over a Bluetooth stack, without hardware."""

import asyncio

import pytest
from bumble.att import ATT_Error
from bumble.hci import Address
from bumble.link import LocalLink

from beacon import protocol
from beacon.desk import SEAT_S, Desk
from beacon.protocol import Status
from beacon.tests.patience import PATIENCE_S, until
from beacon.tests.virtual import BEACON_ADDRESS, VirtualPhone, characteristics, virtual_radio

pytestmark = pytest.mark.slow

KEY, SLOT = bytes(range(32)), 353_000_000
LONG_ID = protocol.ephemeral_id(KEY, SLOT, 12)
NONCE = bytes(range(0xA0, 0xB0))


@pytest.fixture
async def air():
    """A link, and a desk whose radio is on the air."""
    link = LocalLink()
    desk = Desk(slot=lambda: SLOT)
    desk.key = KEY
    radio = virtual_radio(link)
    await radio.open(desk)
    await radio.advertise(LONG_ID, "ATT B-204")
    yield link, desk, radio
    await radio.close()


@pytest.fixture
async def phones(air):
    """Make phones that are switched on, and switch them off afterwards."""
    made = []

    async def make(count: int) -> list[VirtualPhone]:
        for _ in range(count):
            phone = VirtualPhone(air[0], number=len(made) + 2)
            await phone.switch_on()
            made.append(phone)
        return made[-count:]

    yield make
    for phone in made:
        await phone.switch_off()


@pytest.mark.parametrize(("payload", "size"), [("a", 8), ("b", 12)])
async def test_a_phone_hears_the_id_of_either_payload(payload, size):
    link = LocalLink()
    radio, phone = virtual_radio(link, payload), VirtualPhone(link, 2)
    await radio.open(Desk(slot=lambda: SLOT))
    await phone.switch_on()
    await radio.advertise(LONG_ID, "ATT B-204")
    await until(lambda: len(phone.heard.get(LONG_ID[:size], [])) >= 3)
    assert set(phone.heard) == {LONG_ID[:size]}
    await phone.switch_off()
    await radio.close()


async def test_the_id_changes_and_falls_silent_when_told_to(air, phones):
    _, _, radio = air
    (phone,) = await phones(1)
    await until(lambda: LONG_ID[:8] in phone.heard)
    following = protocol.ephemeral_id(KEY, SLOT + 1, 12)
    await radio.advertise(following, "ATT B-204")
    phone.heard.clear()
    await until(lambda: len(phone.heard.get(following[:8], [])) >= 3)
    assert set(phone.heard) == {following[:8]}
    await radio.silence()
    await radio.silence()
    await asyncio.sleep(0.1)
    phone.heard.clear()
    await asyncio.sleep(0.5)
    assert phone.heard == {}


async def test_ids_that_change_while_phones_connect_disturb_nobody(air, phones):
    """Each connection restarts the advertising, and so does each id."""
    _, desk, radio = air
    crowd = await phones(8)
    nonces = [bytes([n]) * 16 for n in range(8)]
    stop = asyncio.Event()

    async def roll() -> bytes:
        number = SLOT
        while not stop.is_set():
            number += 1
            await radio.advertise(protocol.ephemeral_id(KEY, number, 12), "ATT B-204")
        return protocol.ephemeral_id(KEY, number, 8)

    rolling = asyncio.ensure_future(roll())
    asking = (p.ask(n, stays_s=SEAT_S) for p, n in zip(crowd, nonces, strict=True))
    replies = await asyncio.gather(serving(desk, 8), *asking)
    stop.set()
    last = await rolling
    assert all(replies[1:])
    await until(lambda: last in crowd[0].heard)


async def test_a_challenge_is_answered_by_notification(air, phones):
    (phone,) = await phones(1)
    reply = await phone.ask(NONCE)
    assert reply == protocol.answer(KEY, SLOT, NONCE)


async def test_thirty_phones_at_once_are_all_answered_in_turn(air, phones):
    _, desk, _ = air
    crowd = await phones(30)
    nonces = [bytes([n]) * 16 for n in range(30)]
    replies = await asyncio.gather(
        serving(desk), *(p.ask(n, stays_s=SEAT_S) for p, n in zip(crowd, nonces, strict=True))
    )
    for reply, nonce in zip(replies[1:], nonces, strict=True):
        assert protocol.is_authentic(KEY, nonce, protocol.read_answer(reply))
    places = [reply for phone in crowd for reply in phone.replies if reply[0] == Status.WAIT]
    assert places
    assert desk.answered == 30


async def serving(desk, phones: int = 30) -> None:
    """Do what the programme does while it runs."""
    async with asyncio.timeout(PATIENCE_S):
        while desk.answered < phones:
            desk.serve()
            await asyncio.sleep(0.05)


async def test_the_beacon_stays_on_the_air_while_phones_are_connected(air, phones):
    asking, listening = await phones(2)
    connection = await asking.device.connect(Address(BEACON_ADDRESS))
    await asyncio.sleep(0.2)
    listening.heard.clear()
    await until(lambda: len(listening.heard.get(LONG_ID[:8], [])) >= 3)
    await connection.disconnect()


@pytest.mark.parametrize("written", [b"", b"\x01", bytes(15), bytes(17), bytes(200)])
async def test_a_write_of_another_length_is_told_so(air, phones, written):
    (phone,) = await phones(1)
    connection = await phone.device.connect(Address(BEACON_ADDRESS))
    answer, challenge = await characteristics(connection)
    arrived = asyncio.Queue()
    await answer.subscribe(lambda value: arrived.put_nowait(bytes(value)))
    try:
        await challenge.write_value(written, with_response=True)
        reply = await asyncio.wait_for(arrived.get(), PATIENCE_S)
        assert reply[0] == Status.NOT_A_NONCE
        assert await answer.read_value() == reply
    except ATT_Error:
        assert len(written) > 20  # the stack itself refuses what is longer than the MTU
    await challenge.write_value(NONCE, with_response=True)
    assert await asyncio.wait_for(arrived.get(), PATIENCE_S) == protocol.answer(KEY, SLOT, NONCE)
    await connection.disconnect()


async def test_a_phone_reads_its_own_reply_and_no_other(air, phones):
    first, second = await phones(2)
    await first.ask(NONCE)
    connection = await second.device.connect(Address(BEACON_ADDRESS))
    answer, _ = await characteristics(connection)
    assert await answer.read_value() == b""
    await connection.disconnect()


async def test_a_phone_that_leaves_gives_up_its_place(air, phones):
    _, desk, _ = air
    (phone,) = await phones(1)
    await phone.ask(NONCE)
    await until(lambda: not desk._seats)
    assert desk.reply_for(str(phone.device.random_address)) == b""


async def test_a_phone_out_of_reach_gives_up_and_can_ask_again_nearer(air):
    link, _, _ = air
    out_of_reach = VirtualPhone(link, 90, lambda: None)
    await out_of_reach.switch_on()
    assert await out_of_reach.ask(NONCE, connect_s=0.3) is None
    assert out_of_reach.heard == {}
    out_of_reach.controller.reading = lambda: -70.0
    assert await out_of_reach.ask(NONCE) == protocol.answer(KEY, SLOT, NONCE)
    assert {rssi for _, rssi in out_of_reach.heard[LONG_ID[:8]]} == {-70}
    await out_of_reach.switch_off()
