"""A teacher's or an admin's browser, which calls the API with an access token."""

from __future__ import annotations

from typing import Any

from phone.api import API, Connections, read


class Browser:
    """The browser of one person. It logs in once and sends the token with each call."""

    def __init__(self, connections: Connections, email: str, password: str) -> None:
        self.client = connections.client
        body = {"email": email, "password": password}
        self.login = read(self.client.post(API + "/login", json=body))
        self.headers = {"Authorization": f"Bearer {self.login['access']}"}

    def get(self, path: str, **params: Any) -> Any:
        return read(self.client.get(API + path, params=params, headers=self.headers))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return read(self.client.post(API + path, json=body or {}, headers=self.headers))

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of every page of a list."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.get(path, page=page, page_size=200, **params)
            rows += answer["results"]
            if not answer["next"]:
                return rows
            page += 1
