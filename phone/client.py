"""A student's phone: it logs in, signs every call, and has one method for each step."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

import httpx

from phone.api import API, Blocked, Connections, read, told_time_s
from phone.camera import Burst
from phone.key import DeviceKey, new_nonce
from phone.radio import aged
from phone.statement import statement

SIGN_ANEW = ("invalid_device_proof", "device_proof_replayed")
"""Errors after which a new proof may help, since the server has now told its time."""
RENEW = "token_not_valid"
AWAY = (502, 503, 504)
"""Statuses that a proxy answers while the server behind it is being started again."""
PATIENCE_S = 30.0
"""How long a step is repeated. After that, what was heard and read is too old."""
PAUSES_S = (0.5, 1.0, 2.0)
"""Pauses between two tries. The last one is used from then on."""
SPENT = "refresh_token_spent"
SPENT_PAUSE_S = 6.0
"""How long to wait after the answer to a renewal was lost: the server takes the same token again
after five seconds."""


class Phone:
    """Speaks the public API and nothing else.

    Its methods raise Blocked on an error, and httpx.TransportError where there is no network.
    Before that a step of a check-in is repeated for ``patience_s`` seconds. It has a nonce of its
    own, so the server takes it once, however often it arrives.
    """

    def __init__(
        self, connections: Connections, key: DeviceKey, patience_s: float = PATIENCE_S
    ) -> None:
        self.server, self.client, self.key = connections.server, connections.client, key
        self.patience_s = patience_s
        self.access = self.refresh = ""
        self.login: dict[str, Any] = {}
        self.clock_offset_s = 0.0
        """Seconds by which the server's clock is ahead of this one's, 0 until it was told."""

    # --- who calls ---------------------------------------------------------------------

    def log_in(
        self, email: str, password: str, device_name: str = "Reference client"
    ) -> dict[str, Any]:
        """Log in. Returns the answer of ``POST /login``: read its ``device`` and ``notice``."""
        body = {"email": email, "password": password, "device_name": device_name}
        self.login = self._send("POST", "/login", json=body)
        self._keep(self.login)
        return self.login

    def renew(self) -> None:
        """Exchange the refresh token, which is good once, for new tokens."""
        self._keep(self._send("POST", "/token/refresh", json={"refresh": self.refresh}))

    def log_out(self) -> None:
        """End the log-in to which the refresh token belongs."""
        self._send("POST", "/logout", json={"refresh": self.refresh})
        self.access = self.refresh = ""

    def _keep(self, tokens: dict[str, Any]) -> None:
        self.access, self.refresh = tokens["access"], tokens["refresh"]

    # --- calls -------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", path, json=body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PUT", path, json=body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def send_form(self, path: str, fields: dict[str, str], frames: Sequence[bytes]) -> Any:
        """Send fields and pictures. Lists go as JSON text."""
        parts: list[Any] = [(name, (None, text)) for name, text in fields.items()]
        parts += [("frames", (f"{n}.jpg", frame, "image/jpeg")) for n, frame in enumerate(frames)]
        return self._call("POST", path, files=parts)

    def headers(self, method: str, path: str) -> dict[str, str]:
        """The headers of a signed call. They are good once, since a proof is not taken twice."""
        proof = self.key.proof(method, self._url(path), self.access, now_s=self.server_now_s())
        return {"Authorization": f"DPoP {self.access}", "DPoP": proof}

    def server_now_s(self) -> float:
        return time.time() + self.clock_offset_s

    def _call(self, method: str, path: str, **content: Any) -> Any:
        try:
            return self._send(method, path, **content)
        except Blocked as blocked:
            if blocked.code != RENEW or not self.refresh:
                raise
        self.renew()
        return self._send(method, path, **content)

    def _send(self, method: str, path: str, **content: Any) -> Any:
        try:
            return read(self._send_once(method, path, **content))
        except Blocked as blocked:
            if blocked.code not in SIGN_ANEW:
                raise
        return read(self._send_once(method, path, **content))

    def _send_once(self, method: str, path: str, **content: Any) -> httpx.Response:
        if path in ("/login", "/token/refresh", "/logout"):
            proof = self.key.proof(method, self._url(path), now_s=self.server_now_s())
            headers = {"DPoP": proof}
        else:
            headers = self.headers(method, path)
        response = self.client.request(method, API + path, headers=headers, **content)
        told_s = told_time_s(response)
        if response.status_code == httpx.codes.UNAUTHORIZED and told_s is not None:
            self.clock_offset_s = told_s - time.time()
        return response

    def _url(self, path: str) -> str:
        return (self.server + API + path).partition("?")[0]

    # --- the steps of a check-in -------------------------------------------------------

    def open_attempt(self, session: str, tokens: Sequence[str] = ()) -> dict[str, Any]:
        """Open an attempt before the scan, to gather everything and send it in one request.

        Codes that were read already go along. Should the network go afterwards, they show that
        the phone was in the room.
        """
        body = {"session": session, "tokens": list(tokens), "nonce": new_nonce()}
        return self._step(lambda: self.post("/attendance/attempts", body))

    # Each step takes ``finish``: whether the server decides at once where nothing is missing.

    def scan(self, tokens: Sequence[str], **more: Any) -> dict[str, Any]:
        """Send the codes as read from the live page. Opens an attempt unless one is named."""
        body = {"tokens": list(tokens), "nonce": new_nonce(), **more}
        return self._step(lambda: self.post("/qr/scan", body))

    def type_digits(self, digits: str, session: str) -> dict[str, Any]:
        """Send the short code from the live page, for a broken camera. Opens an attempt."""
        body = {"short_code": digits, "session": session, "nonce": new_nonce()}
        return self._step(lambda: self.post("/qr/scan", body))

    def hear(
        self,
        attempt: str,
        sightings: list[dict[str, Any]],
        answers: Sequence[str] = (),
        *,
        finish: bool = False,
    ) -> dict[str, Any]:
        """Send what the radio heard until now, and the beacon's answers in hexadecimal."""
        body: dict[str, Any] = {"attempt": attempt, "nonce": new_nonce(), "finish": finish}
        body["answers"] = list(answers)
        called_s = time.monotonic()

        def report() -> Any:
            older = aged(sightings, by_s=time.monotonic() - called_s)
            return self.post("/bluetooth/check", body | {"sightings": older})

        return self._step(report)

    def show(
        self, attempt: str, number: int, burst: Burst, *, finish: bool = False
    ) -> dict[str, Any]:
        """Send the burst that answers the attempt's challenge of that number."""
        fields = {"attempt": attempt, "challenge": str(number), "nonce": new_nonce()}
        fields["finish"] = json.dumps(finish)
        fields["times_s"] = json.dumps([at_s for at_s, _ in burst])
        frames = [frame for _, frame in burst]
        return self._step(lambda: self.send_form("/face/verify", fields, frames))

    def confirm(
        self, attempt: str, credential: dict[str, Any] | None, *, finish: bool = False
    ) -> dict[str, Any]:
        """Send a passkey's answer to the `passkey` options of a scan. With None the face is shown
        instead, and the answer has its challenge."""
        body = {"attempt": attempt, "credential": credential, "nonce": new_nonce()}
        return self._step(lambda: self.post("/passkey/check", body | {"finish": finish}))

    def mark(self, attempt: str, **more: Any) -> dict[str, Any]:
        """Ask for the decision."""
        body = {"attempt": attempt, "nonce": new_nonce(), **more}
        return self._step(lambda: self.post("/attendance/mark", body))

    def send_all(self, fields: dict[str, str], burst: Burst) -> dict[str, Any]:
        """Send everything that was gathered in one request, and get the decision."""
        fields = fields | {"nonce": new_nonce()}
        frames = [frame for _, frame in burst]
        return self._step(lambda: self.send_form("/attendance/check-in", fields, frames))

    def send_kept(
        self,
        fields: dict[str, str],
        burst: Burst,
        *,
        tokens: Sequence[str],
        seen_s: float,
        done_s: float,
    ) -> dict[str, Any]:
        """Send what was gathered without a network, at most ten minutes later.

        ``seen_s`` and ``done_s`` are when the newest code was seen and when all was gathered, by
        `server_now_s`. Codes alone are refused after half a minute: the attempt in ``fields`` was
        opened or scanned with codes, or ``answers`` among them has what the beacon answered.
        """
        frames = [frame for _, frame in burst]
        nonce = new_nonce()
        said = statement(
            self.key, nonce=nonce, tokens=tokens, frames=frames, seen_s=seen_s, done_s=done_s
        )
        kept = {"tokens": json.dumps(list(tokens)), "nonce": nonce, "gathered": said}
        fields = fields | kept
        return self._step(lambda: self.send_form("/attendance/check-in", fields, frames))

    def _step(self, call: Callable[[], Any]) -> dict[str, Any]:
        """Call again while the server is away. Each try is signed anew."""
        end_s = time.monotonic() + self.patience_s
        for pause_s in chain(PAUSES_S, repeat(PAUSES_S[-1])):
            try:
                answer: dict[str, Any] = call()
                return answer
            except httpx.UnsupportedProtocol:
                raise
            except (httpx.TransportError, Blocked) as error:
                wait_s = _worth_waiting_s(error, pause_s)
                if wait_s is None or time.monotonic() + wait_s > end_s:
                    raise
            time.sleep(wait_s)
        raise AssertionError("repeat() ends never")


def _worth_waiting_s(error: httpx.TransportError | Blocked, pause_s: float) -> float | None:
    """Seconds to wait before the same call may succeed, or None where it cannot."""
    if not isinstance(error, Blocked) or error.status in AWAY:
        return pause_s
    return SPENT_PAUSE_S if error.code == SPENT else None
