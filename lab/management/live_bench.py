"""The parts of ``bench_live``: servers that share a database, and two kinds of watcher."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import httpx
from autobahn.twisted.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    connectWS,
)
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from twisted.internet import reactor as _reactor

from accounts.models import User
from sessions_app.domain.attendance import ATTENDED
from sessions_app.models import Session

reactor: Any = _reactor  # Twisted chooses it when it runs, so that it has no type of its own
HOST = "127.0.0.1"
PATIENCE_S = 30.0


class ServerProcess:
    """A daphne process on the database of this process."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, f"http://{HOST}:{port}"
        daphne = Path(sys.executable).with_name("daphne")
        command = [str(daphne), "-b", HOST, "-p", str(port), "-v", "0"]
        database = str(connection.settings_dict["NAME"])
        environment = {"SQLITE_PATH": database, "MONGODB_NAME": database, "LOG_LEVEL": "ERROR"}
        self.process = subprocess.Popen(
            [*command, "attendance_project.asgi:application"],
            cwd=settings.BASE_DIR,
            env=os.environ | environment | {"PUBLIC_URL": self.url},
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                httpx.get(f"{self.url}/login/", timeout=5)
            except httpx.TransportError:
                time.sleep(0.2)
            else:
                return
        self.stop()
        raise RuntimeError(f"The server on port {self.port} did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


class WatchingClient(Protocol):
    """One who watches the register.

    ``seen_at`` holds when each student's name was there, in seconds since 1970.
    """

    name: str

    def seen_at(self) -> dict[str, float]: ...


class Listener(WebSocketClientProtocol):
    """Notes when the register first shows a student as present."""

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        now = time.time()
        message = json.loads(payload)
        if message["type"] != "register":
            return
        self.factory.ready.set()
        for row in message["rows"]:
            if row["status"] in ATTENDED:
                self.factory.seen.setdefault(row["student_id"], now)


class Listening(WebSocketClientFactory):
    protocol = Listener

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self.seen: dict[str, float] = {}
        self.ready = threading.Event()


class Socket:
    """The websocket of a session's live page, read in the reactor's thread."""

    name = "websocket"

    def __init__(self, server: ServerProcess, session: Session, cookie: str) -> None:
        url = f"ws://{HOST}:{server.port}/ws/sessions/{session.pk}/"
        self._factory = Listening(url, origin=server.url, headers={"Cookie": cookie})

    def __enter__(self) -> Self:
        _run_reactor()
        reactor.callFromThread(connectWS, self._factory)
        if not self._factory.ready.wait(PATIENCE_S):
            raise RuntimeError("The websocket sent no register.")
        return self

    def __exit__(self, *exc: object) -> None:
        """The server closes it."""

    def seen_at(self) -> dict[str, float]:
        return dict(self._factory.seen)


@cache
def _run_reactor() -> None:
    """Start Twisted's reactor once, since it cannot be started again."""
    threading.Thread(
        target=reactor.run, kwargs={"installSignalHandlers": False}, daemon=True
    ).start()


WATCH_ROWS = """here => {
  window.seen = {};
  const note = () => {
    for (const row of document.querySelectorAll("[data-rows] .row")) {
      if (!here.includes(row.dataset.status)) continue;
      const id = row.querySelector("[data-change]").href.split("/").at(-2);
      window.seen[id] ??= Date.now() / 1000;
    }
  };
  new MutationObserver(note).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-status"],
  });
}"""


class Page:
    """The teacher's register in Chromium, where a row's status has to have changed."""

    name = "page"

    def __init__(self, server: ServerProcess, session: Session, cookie: str) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        self._page = self._browser.new_page()
        name, value = cookie.split("=", 1)
        self._page.context.add_cookies([{"name": name, "value": value, "url": server.url}])
        self._page.goto(f"{server.url}/sessions/{session.pk}/register/")
        self._page.wait_for_selector("[data-connection=live]")
        self._page.evaluate(WATCH_ROWS, ATTENDED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: object, trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def seen_at(self) -> dict[str, float]:
        seen: dict[str, float] = self._page.evaluate("window.seen")
        return seen


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-headless-shell")


def cookie_of(user: User) -> str:
    """A session cookie as the log-in page makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def page_clients(server: ServerProcess, session: Session, cookie: str) -> list[Any]:
    """Chromium where it and its driver are installed. The driver is a development dependency."""
    if chromium() is None:
        return []
    try:
        return [Page(server, session, cookie)]
    except ImportError:
        return []
