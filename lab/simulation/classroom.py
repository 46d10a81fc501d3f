"""The room: a projector that shows the code, a beacon, and the teacher at the desk."""

from __future__ import annotations

import random
import threading
import time
from datetime import datetime, timedelta
from math import log10
from typing import Any

import httpx

from attendance_project import clock
from beacon.protocol import ephemeral_id
from lab.simulation.browser import Browser
from phone.api import Blocked


class Projector:
    """The projected live page. It fetches each code as the teacher's page does.

    Phones in the room look at it. Codes that it no longer shows are in ``photographs`` only.
    """

    def __init__(self, desk: Browser, session_id: str) -> None:
        self._desk, self._session_id = desk, session_id
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self.dark: Blocked | None = None
        """What the server answered when there was no code any more."""
        self.photographs: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                code = self._desk.get(f"/qr/generate/{self._session_id}")
            except Blocked as blocked:  # somebody closed the session on the teacher's page
                self._go_dark(blocked)
                break
            except httpx.TimeoutException:  # the server is busy, and the next code may come sooner
                continue
            self._show(code["url"])
            changes_at = datetime.fromisoformat(code["changes_at"])
            wait_s = (changes_at - clock.now()).total_seconds()
            self._stopped.wait(min(max(wait_s, 0.0) + 0.05, 5.0))

    def _show(self, url: str) -> None:
        with self._changed:
            if not self.photographs or self.photographs[-1][1] != url:
                self.photographs.append((time.monotonic(), url))
                self._changed.notify_all()

    def _go_dark(self, why: Blocked) -> None:
        with self._changed:
            self.dark = why
            self._changed.notify_all()

    def look(self, codes: int = 2, patience_s: float = 30.0) -> list[str]:
        """Hold the camera on the picture until `codes` codes were read, the one it shows included.

        Raises Blocked where no more codes are shown.
        """
        with self._changed:
            self._wait_for(1, patience_s)
            seen = len(self.photographs) - 1
            self._wait_for(seen + codes, patience_s)
            return [url for _, url in self.photographs[seen : seen + codes]]

    def photographed(self, codes: int, *, ago_s: float) -> list[str]:
        """Photographs of so long ago. Waits until the projector has been on for that long."""
        while True:
            old = [url for at, url in self.photographs if time.monotonic() - at >= ago_s]
            if len(old) >= codes:
                return old[-codes:]
            if self.dark:
                raise self.dark
            time.sleep(0.2)

    def _wait_for(self, count: int, patience_s: float) -> None:
        def shown() -> bool:
            return len(self.photographs) >= count

        if not self._changed.wait_for(lambda: shown() or self.dark, patience_s):
            raise TimeoutError("The projector shows no new code.")
        if self.dark and not shown():
            raise self.dark

    def switch_off(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=10)


class SimulatedBeacon:
    """Advertises the session's id of each slot. Phones hear it with a radio's noise."""

    def __init__(self, desk: Browser, session_id: str) -> None:
        answer = desk.get(f"/sessions/{session_id}/beacon")
        self._key = bytes.fromhex(answer["key"])
        self._slot_s = answer["slot_s"]

    def heard(
        self, rng: random.Random, *, slots_ago: tuple[int, ...] = (1, 0), distance_m: float = 5.0
    ) -> list[dict[str, Any]]:
        """What a phone at that distance hears: five readings per slot.

        The loss follows the log-distance model, with n = 2.2 and 5 dB of shadowing.
        """
        now_slot = int(time.time() // self._slot_s)
        return [
            {
                "eid": ephemeral_id(self._key, now_slot - ago).hex(),
                "rssi_dbm": [round(_rssi_dbm(distance_m, rng), 1) for _ in range(5)],
            }
            for ago in slots_ago
        ]


def _rssi_dbm(distance_m: float, rng: random.Random) -> float:
    return max(-59.0 - 22.0 * log10(distance_m) + rng.gauss(0, 5), -100.0)


class Room:
    """One session with its projector and beacon, run from the teacher's desk."""

    def __init__(
        self, desk: Browser, course_id: str, *, name: str, late_in_s: float, **rules: Any
    ) -> None:
        """Plan a session that began a while ago and makes people late in ``late_in_s`` seconds.

        ``rules`` take the place of the course's.
        """
        self.desk = desk
        late_after_min = 10
        late_at = clock.now() + timedelta(seconds=late_in_s)
        starts_at = late_at - timedelta(minutes=late_after_min)
        self.session: dict[str, Any] = desk.post(
            "/sessions",
            {
                "course": course_id,
                "starts_at": starts_at.isoformat(),
                "ends_at": (starts_at + timedelta(minutes=50)).isoformat(),
                "room": name,
                "late_after_min": late_after_min,
                "allow_overlaps": True,  # one teacher runs several rooms at once here
                **rules,
            },
        )
        self.late_at = late_at
        self.id: str = self.session["id"]
        self.projector: Projector
        self.beacon: SimulatedBeacon

    def wait_for_teacher(self, patience_s: float) -> None:
        """Wait until somebody opens the session on the teacher's page, or until patience ends."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if self.desk.get(f"/sessions/{self.id}")["state"] == "open":
                return
            time.sleep(0.5)

    def open(self) -> None:
        self.desk.post(f"/sessions/{self.id}/open")
        self.projector = Projector(self.desk, self.id)
        self.beacon = SimulatedBeacon(self.desk, self.id)

    def close(self) -> None:
        self.projector.switch_off()
        self.desk.post(f"/sessions/{self.id}/close")

    def register(self) -> dict[str, dict[str, Any]]:
        """The register's rows by student id."""
        answer = self.desk.get(f"/sessions/{self.id}/register")
        return {row["student_id"]: row for row in answer["rows"]}
