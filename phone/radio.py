"""The room's radio, as a phone uses it: it hears the beacon and asks it (docs/bluetooth.md)."""

from __future__ import annotations

import asyncio
import contextlib
import math
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from beacon import protocol

LISTENS_S = 12.0
"""Seconds to listen: two slots of 5 s, and what was missed of the first one."""
FULL_PAUSE_S = 2.0
ANSWER_PATIENCE_S = 30.0
"""Seconds to wait for the beacon's answer, the queue of a full lecture hall included."""
READ_EVERY_S = 1.0
"""Seconds between two readings of the answer, in case its notification was lost."""


class Radio(Protocol):
    """What an app supplies. Both calls may find nothing, and the server judges what that means."""

    def hear(self) -> list[dict[str, Any]]:
        """Sightings in the API's shape, of everything heard lately."""
        ...

    def ask(self, nonce: bytes) -> bytes | None:
        """The beacon's answer to the attempt's nonce, or None where there was none in time."""
        ...


class Heard:
    """Gathers advertisements until they are reported."""

    def __init__(self) -> None:
        self._readings: dict[bytes, list[tuple[float, float]]] = {}
        """The readings of each id: when, in monotonic seconds, and how strong, in dBm."""

    def note(self, eid: bytes, rssi_dbm: float) -> None:
        self._readings.setdefault(eid, []).append((time.monotonic(), rssi_dbm))

    def sightings(self) -> list[dict[str, Any]]:
        now = time.monotonic()
        return [
            {
                "eid": eid.hex(),
                "rssi_dbm": [rssi for _, rssi in readings],
                "heard_s_ago": [round(now - at, 2) for at, _ in readings],
            }
            for eid, readings in self._readings.items()
        ]


def aged(sightings: list[dict[str, Any]], by_s: float) -> list[dict[str, Any]]:
    """The same sightings as they have to be reported `by_s` seconds later."""
    return [
        sighting
        | {"heard_s_ago": [round(ago + by_s, 2) for ago in sighting.get("heard_s_ago", [])]}
        for sighting in sightings
    ]


def id_in(service_data: dict[str, bytes], service_uuids: Iterable[str]) -> bytes | None:
    """The beacon's id in an operating system's report of an advertisement, of either payload."""
    short = service_data.get(str(protocol.SERVICE_UUID))
    if short is not None and len(short) == protocol.SHORT_ID_BYTES:
        return short
    prefix = protocol.LONG_ID_PREFIX
    for uuid in service_uuids:
        digits = bytes.fromhex(uuid.replace("-", "")) if len(uuid) == 36 else b""
        if digits.startswith(prefix):
            return digits[len(prefix) :]
    return None


class BleakRadio:
    """This machine's Bluetooth by bleak: Linux, macOS and Windows. It needs the extra "radio"."""

    def __init__(self, listens_s: float = LISTENS_S, patience_s: float = ANSWER_PATIENCE_S) -> None:
        import bleak  # imported here, since it is an extra that most readers do not need

        self._bleak = bleak
        self._listens_s, self._patience_s = listens_s, patience_s
        self._address = ""
        """Address of the beacon that was heard best, so that the room next door is not asked."""

    def hear(self) -> list[dict[str, Any]]:
        """See Radio."""
        return asyncio.run(self._hear())

    def ask(self, nonce: bytes) -> bytes | None:
        """See Radio. It asks the beacon that was heard best."""
        return asyncio.run(self._ask(nonce)) if self._address else None

    async def _hear(self) -> list[dict[str, Any]]:
        heard = Heard()
        strongest = -math.inf

        def note(device: Any, seen: Any) -> None:
            eid = id_in(seen.service_data, seen.service_uuids)
            if eid is None:
                return
            heard.note(eid, seen.rssi)
            nonlocal strongest
            if seen.rssi > strongest:
                strongest, self._address = seen.rssi, device.address

        try:
            async with self._bleak.BleakScanner(detection_callback=note):
                await asyncio.sleep(self._listens_s)
        except (self._bleak.BleakError, OSError, EOFError) as error:
            print(f"Bluetooth cannot be used: {error}", file=sys.stderr)
        return heard.sightings()

    async def _ask(self, nonce: bytes) -> bytes | None:
        arrived: asyncio.Queue[bytes] = asyncio.Queue()
        with contextlib.suppress(TimeoutError, OSError, EOFError, self._bleak.BleakError):
            async with (
                asyncio.timeout(self._patience_s),
                self._bleak.BleakClient(self._address) as client,
            ):
                await client.start_notify(
                    str(protocol.ANSWER_UUID), lambda _, data: arrived.put_nowait(bytes(data))
                )

                async def write() -> None:
                    await client.write_gatt_char(str(protocol.CHALLENGE_UUID), nonce, response=True)

                async def read() -> bytes:
                    with contextlib.suppress(self._bleak.BleakError):  # it may be notified yet
                        return bytes(await client.read_gatt_char(str(protocol.ANSWER_UUID)))
                    return b""

                await write()
                return await answer_to(nonce, arrived, read=read, write=write)
        return None


async def answer_to(
    nonce: bytes,
    arrived: asyncio.Queue[bytes],
    *,
    read: Callable[[], Awaitable[bytes]],
    write: Callable[[], Awaitable[None]],
) -> bytes | None:
    """The beacon's answer to this phone, or None where it says that there will be none.

    arrived   the notifications
    read      reads the characteristic
    write     writes the nonce again, as a beacon whose queue is full asks for (docs/bluetooth.md)
    """
    while True:
        reply = await _next_reply(arrived, read)
        if not protocol.is_for(reply, nonce) or reply[0] == protocol.Status.WAIT:
            continue
        if reply[0] != protocol.Status.FULL:
            return reply if reply[0] == protocol.Status.ANSWER else None
        await asyncio.sleep(FULL_PAUSE_S)
        await write()


async def _next_reply(arrived: asyncio.Queue[bytes], read: Callable[[], Awaitable[bytes]]) -> bytes:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READ_EVERY_S):
            return await arrived.get()
    return await read()
