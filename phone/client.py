"""A student's phone: logs in, signs every call, and has one method for each step."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import httpx

from phone.api import API, Blocked, Line, read, told_time_s
from phone.camera import Burst
from phone.key import DeviceKey, new_nonce

SIGN_ANEW = ("invalid_device_proof", "device_proof_replayed")
"""After these the same call is worth another proof: by now the server has told its time."""
RENEW = "token_not_valid"


class Phone:
    """Speaks the public API and nothing else. Its methods raise Blocked on an error."""

    def __init__(self, line: Line, key: DeviceKey) -> None:
        self.server, self.client, self.key = line.server, line.client, key
        self.access = self.refresh = ""
        self.login: dict[str, Any] = {}
        self.clock_offset_s = 0.0
        """How far the server's clock is ahead of this one's, as far as it was told."""

    # --- who calls ---------------------------------------------------------------------

    def log_in(
        self, email: str, password: str, device_name: str = "Reference client"
    ) -> dict[str, Any]:
        """The answer of ``POST /login``; read its ``device`` and ``notice``."""
        body = {"email": email, "password": password, "device_name": device_name}
        self.login = self._send("POST", "/login", json=body)
        self._keep(self.login)
        return self.login

    def renew(self) -> None:
        """New tokens for the refresh token, which is good once."""
        self._keep(self._send("POST", "/token/refresh", json={"refresh": self.refresh}))

    def log_out(self) -> None:
        """End the log-in that the refresh token belongs to."""
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
        """Fields and pictures; lists go as JSON text."""
        files = [("frames", (f"{n}.jpg", frame, "image/jpeg")) for n, frame in enumerate(frames)]
        return self._call("POST", path, data=fields, files=files)

    def headers(self, method: str, path: str) -> dict[str, str]:
        """What a signed call carries. Good for one call: a proof is not taken twice."""
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

    def scan(self, tokens: Sequence[str], **more: Any) -> dict[str, Any]:
        """The codes as read from the screen. Opens an attempt unless one is named."""
        body = {"tokens": list(tokens), "nonce": new_nonce(), **more}
        answer: dict[str, Any] = self.post("/qr/scan", body)
        return answer

    def hear(
        self,
        attempt: str,
        sightings: list[dict[str, Any]],
        answers: Sequence[str] = (),
        **more: Any,
    ) -> dict[str, Any]:
        """What the radio heard, and what the beacon answered (hexadecimal).

        A ``nonce`` sent again makes a repeat of the same report, after a lost answer.
        """
        body: dict[str, Any] = {"attempt": attempt, "nonce": new_nonce()}
        body |= {"sightings": sightings, "answers": list(answers), **more}
        answer: dict[str, Any] = self.post("/bluetooth/check", body)
        return answer

    def show(self, attempt: str, number: int, burst: Burst) -> dict[str, Any]:
        """The burst that answers the attempt's challenge of that number."""
        fields = {"attempt": attempt, "challenge": str(number), "nonce": new_nonce()}
        fields["times_s"] = json.dumps([at_s for at_s, _ in burst])
        answer: dict[str, Any] = self.send_form(
            "/face/verify", fields, [frame for _, frame in burst]
        )
        return answer

    def mark(self, attempt: str, **more: Any) -> dict[str, Any]:
        """Ask for the decision."""
        body = {"attempt": attempt, "nonce": new_nonce(), **more}
        answer: dict[str, Any] = self.post("/attendance/mark", body)
        return answer
