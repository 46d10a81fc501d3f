"""A student's phone: it signs every call, scans, listens, films and asks for the decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from verification.domain.challenge import Challenge
from verification.simulation.http import API, DeviceKey, Line, new_nonce, read

Burst = Sequence[tuple[float, bytes]]


class Phone:
    """Speaks the public API and nothing else."""

    def __init__(self, line: Line, key: DeviceKey) -> None:
        self.server, self.client, self.key = line.server, line.client, key
        self.access = ""
        self.login: dict[str, Any] = {}

    def log_in(self, email: str, password: str) -> dict[str, Any]:
        headers = {"DPoP": self.key.proof("POST", self.server + API + "/login")}
        body = {"email": email, "password": password, "device_name": "Simulated phone"}
        self.login = read(self.client.post(API + "/login", json=body, headers=headers))
        self.access = self.login["access"]
        return self.login

    def headers(self, method: str, path: str) -> dict[str, str]:
        proof = self.key.proof(method, self.server + API + path, self.access)
        return {"Authorization": f"DPoP {self.access}", "DPoP": proof}

    def get(self, path: str) -> Any:
        return read(self.client.get(API + path, headers=self.headers("GET", path)))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return read(self.client.post(API + path, json=body, headers=self.headers("POST", path)))

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return read(self.client.put(API + path, json=body, headers=self.headers("PUT", path)))

    def send_form(self, path: str, fields: dict[str, str], frames: Sequence[bytes]) -> Any:
        files = [("frames", (f"{n}.jpg", frame, "image/jpeg")) for n, frame in enumerate(frames)]
        headers = self.headers("POST", path)
        return read(self.client.post(API + path, data=fields, files=files, headers=headers))

    # --- the steps --------------------------------------------------------------------

    def scan(self, tokens: Sequence[str], **more: Any) -> dict[str, Any]:
        body = {"tokens": list(tokens), "nonce": new_nonce(), **more}
        answer: dict[str, Any] = self.post("/qr/scan", body)
        return answer

    def hear(self, attempt: str, sightings: list[dict[str, Any]]) -> dict[str, Any]:
        body = {"attempt": attempt, "sightings": sightings, "nonce": new_nonce()}
        answer: dict[str, Any] = self.post("/bluetooth/check", body)
        return answer

    def show(self, attempt: str, number: int, burst: Burst) -> dict[str, Any]:
        fields = {"attempt": attempt, "challenge": str(number), "nonce": new_nonce()}
        fields["times_s"] = json.dumps([at_s for at_s, _ in burst])
        frames = [frame for _, frame in burst]
        answer: dict[str, Any] = self.send_form("/face/verify", fields, frames)
        return answer

    def mark(self, attempt: str, **more: Any) -> dict[str, Any]:
        body = {"attempt": attempt, "nonce": new_nonce(), **more}
        answer: dict[str, Any] = self.post("/attendance/mark", body)
        return answer


def challenge_in(answer: dict[str, Any]) -> tuple[int, Challenge]:
    """The challenge of a scan's or an attempt's answer, and its number."""
    return answer["challenge"]["number"], Challenge.from_json(answer["challenge"])
