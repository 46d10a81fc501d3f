"""Somebody with a browser's means and no browser: pages, forms, mails and a websocket."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import Message
from threading import Barrier
from typing import Any, TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect

from accounts.tests.phone import API, PASSWORD
from attendance_project.tests.browser.server import Server
from attendance_project.tests.patience import PATIENCE_S

_Answer = TypeVar("_Answer")


class Outsider:
    """A client with its own cookies."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.Client(base_url=server.url, timeout=PATIENCE_S)
        self.access = ""

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, **more)

    def form(
        self, path: str, fields: dict[str, str], *, page: str = "", **more: Any
    ) -> httpx.Response:
        """Fill in the form of ``page``, which is at ``path`` unless it is named."""
        self.http.get(page or path)
        token = self.http.cookies.get("csrftoken") or ""
        return self.http.post(path, data=fields | {"csrfmiddlewaretoken": token}, **more)

    def log_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return self.form("/login/", {"username": email, "password": password})

    def is_in(self) -> bool:
        return self.get("/account/").status_code == 200

    def take_token(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Log in to the API without a phone."""
        answer = self.call("POST", "/login", {"email": email, "password": password})
        if answer.is_success:
            self.access = answer.json()["access"]
        return answer

    def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        return self.http.request(method, API + path, json=body, headers=headers)

    def watch(self, session: object, origin: str = "") -> ClientConnection:
        """An open websocket of the session's watchers, by this client's cookies, as a page of the
        site opens it, or one of another site."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        return connect(
            f"{self.server.url.replace('http', 'ws')}/ws/sessions/{session}/",
            additional_headers={"Cookie": cookies},
            origin=origin or self.server.url,  # type: ignore[arg-type]  # a NewType of str
            open_timeout=PATIENCE_S,
        )

    def close(self) -> None:
        self.http.close()


def told(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal of the API."""
    return answer.status_code, answer.json()["code"]


def at_once(count: int, call: Callable[[], _Answer]) -> list[_Answer]:
    """What so many calls return that begin at the same moment."""
    together = Barrier(count)

    def one(_number: int) -> _Answer:
        together.wait(PATIENCE_S)
        return call()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def mails_to(server: Server, email: str) -> list[Message]:
    files = sorted(server.mails.glob("*")) if server.mails.exists() else []
    mails = [message_from_bytes(file.read_bytes()) for file in files]
    return [mail for mail in mails if mail["To"] == email]


def wait_for_mail(server: Server, email: str, *, about: str) -> str:
    """The text of a mail to this person with these words, which a thread of the server sends."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for mail in reversed(mails_to(server, email)):
            text = str(mail.get_payload(decode=True), "utf-8")
            if about in text:
                return text
        time.sleep(0.05)
    raise AssertionError(f"no mail to {email} says {about!r}")


def secret_in(text: str) -> str:
    """What stands behind the # of the link in a mail."""
    (secret,) = re.findall(r"https?://\S+#(\S+)", text)
    return secret
