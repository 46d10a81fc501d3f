"""Sends the calls of the API tests' phone over the network."""

from typing import Any

import httpx
from django.core.files.uploadedfile import UploadedFile

from attendance_project.tests.patience import PATIENCE_S

HOST = "testserver"
"""The host for which the phone signs its proofs (accounts.tests.phone)."""


class OverHttp:
    """Takes the place of APIClient, in front of a running server."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, headers={"Host": HOST}, timeout=PATIENCE_S)

    def get(self, path: str, data: Any = None, **extra: str) -> httpx.Response:
        return self.http.get(path, params=data, headers=_headers(extra))

    def post(
        self, path: str, data: Any = None, format: str = "json", **extra: str
    ) -> httpx.Response:
        body = _multipart(data) if format == "multipart" else {"json": data}
        return self.http.post(path, headers=_headers(extra), **body)

    def put(self, path: str, data: Any = None, format: str = "json", **extra: str) -> Any:
        return self.http.put(path, headers=_headers(extra), json=data)

    def patch(self, path: str, data: Any = None, format: str = "json", **extra: str) -> Any:
        return self.http.patch(path, headers=_headers(extra), json=data)

    def delete(self, path: str, data: Any = None, format: str = "json", **extra: str) -> Any:
        return self.http.request("DELETE", path, headers=_headers(extra), json=data)

    def close(self) -> None:
        self.http.close()


def _headers(extra: dict[str, str]) -> dict[str, str]:
    """Rename headers: APIClient's HTTP_AUTHORIZATION is a browser's Authorization."""
    return {name.removeprefix("HTTP_").replace("_", "-"): value for name, value in extra.items()}


def _multipart(data: dict[str, Any]) -> dict[str, Any]:
    files: list[Any] = []
    fields: dict[str, Any] = {}
    for name, value in data.items():
        uploads = (
            [v for v in value if isinstance(v, UploadedFile)] if isinstance(value, list) else []
        )
        files += [(name, (file.name, file.read(), file.content_type)) for file in uploads]
        if not uploads:
            fields[name] = value
    if not files:  # httpx would send them as another kind of form
        return {"files": [(name, (None, str(value))) for name, value in fields.items()]}
    return {"data": fields, "files": files}
