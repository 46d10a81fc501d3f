"""A beacon in Chromium's emulated radio, which answers as a beacon of the room does.

The browser's side of Web Bluetooth is the real one: chooser, connection, services and values. The
peripheral's side is done here, over the DevTools protocol (domains BluetoothEmulation and
DeviceAccess). That protocol has no notifications, so the page reads the answer.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

import sessions_app.services as teaching
from beacon import protocol
from beacon.protocol import ANSWER_UUID, CHALLENGE_UUID, SERVICE_UUID, slot_at

ADDRESS = "09:09:09:09:09:09"
SUCCESS = 0

Replies = Callable[[bytes], list[bytes]]
"""Makes the replies to what was written. Each is read once, but the last one stays."""


class EmulatedBeacon:
    """A beacon in the browser's radio.

    taken   whether somebody chooses the beacon in the browser's list
    state   the state of the phone's radio
    """

    def __init__(
        self,
        chromium: Browser,
        page: Page,
        replies: Replies,
        *,
        taken: bool = True,
        state: str = "powered-on",
    ) -> None:
        self.replies, self.taken = replies, taken
        self.written: list[bytes] = []
        self._to_read: list[bytes] = []
        self._answered: set[str] = set()
        self._radio = chromium.new_browser_cdp_session()
        self._chooser = page.context.new_cdp_session(page)
        self._switch_on(state)

    def _switch_on(self, state: str) -> None:
        radio = self._radio
        radio.send("BluetoothEmulation.enable", {"state": state, "leSupported": True})
        radio.on("BluetoothEmulation.gattOperationReceived", self._connected)
        radio.on("BluetoothEmulation.characteristicOperationReceived", self._asked)
        radio.send(
            "BluetoothEmulation.simulatePreconnectedPeripheral",
            {
                "address": ADDRESS,
                "name": "ATT B-204",
                "manufacturerData": [],
                "knownServiceUuids": [str(SERVICE_UUID)],
            },
        )
        self._chooser.send("DeviceAccess.enable")
        self._chooser.on("DeviceAccess.deviceRequestPrompted", self._chosen)

    def switch_off(self) -> None:
        self._radio.send("BluetoothEmulation.disable")

    def _chosen(self, prompt: dict[str, Any]) -> None:
        devices = prompt["devices"]
        # The event comes again with each device that is found, and one answer too many ends
        # Chromium.
        if prompt["id"] in self._answered or (self.taken and not devices):
            return
        self._answered.add(prompt["id"])
        if self.taken:
            choice = {"id": prompt["id"], "deviceId": devices[0]["id"]}
            self._chooser.send("DeviceAccess.selectPrompt", choice)
        else:
            self._chooser.send("DeviceAccess.cancelPrompt", {"id": prompt["id"]})

    def _connected(self, event: dict[str, Any]) -> None:
        if event["type"] == "discovery":
            self._offer_service()
        done = {"address": ADDRESS, "type": event["type"], "code": SUCCESS}
        self._radio.send("BluetoothEmulation.simulateGATTOperationResponse", done)

    def _offer_service(self) -> None:
        radio = self._radio
        service = radio.send(
            "BluetoothEmulation.addService",
            {"address": ADDRESS, "serviceUuid": str(SERVICE_UUID)},
        )["serviceId"]
        for uuid, properties in (
            (CHALLENGE_UUID, {"write": True}),
            (ANSWER_UUID, {"read": True, "notify": True}),
        ):
            characteristic = radio.send(
                "BluetoothEmulation.addCharacteristic",
                {"serviceId": service, "characteristicUuid": str(uuid), "properties": properties},
            )["characteristicId"]
            if properties.get("notify"):
                self._add_configuration(radio, characteristic)

    @staticmethod
    def _add_configuration(radio: CDPSession, characteristic: str) -> None:
        """Add the descriptor to which a subscription is written (Core, Vol 3 Part G 3.3.3.3)."""
        configuration = {
            "characteristicId": characteristic,
            "descriptorUuid": "00002902-0000-1000-8000-00805f9b34fb",
        }
        radio.send("BluetoothEmulation.addDescriptor", configuration)

    def _asked(self, event: dict[str, Any]) -> None:
        answer = {
            "characteristicId": event["characteristicId"],
            "type": event["type"],
            "code": SUCCESS,
        }
        if event["type"] == "write":
            self.written.append(base64.b64decode(event["data"]))
            self._to_read = self.replies(self.written[-1])
        elif event["type"] == "read":
            answer["data"] = base64.b64encode(self._next()).decode()
        self._radio.send("BluetoothEmulation.simulateCharacteristicOperationResponse", answer)

    def _next(self) -> bytes:
        return self._to_read.pop(0) if len(self._to_read) > 1 else self._to_read[0]


def answering(session, *, key=None, after=()):
    """A beacon of the session's room. What ``after`` makes of the nonce comes first."""

    def replies(written):
        slot = slot_at(time.time())
        answer = protocol.answer(key or teaching.beacon_key(session), slot, written)
        return [*(make(written) for make in after), answer]

    return replies
