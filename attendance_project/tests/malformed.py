"""Inputs that no good client sends, for the whole API."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

Operation = dict[str, Any]

ODD_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    2**63,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 5_000,
    "9" * 5_000,
    "'; DROP TABLE users; --",
    "{$gt: ''}",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "00000000-0000-0000-0000-000000000000",
    [],
    [[]],
    [None],
    ["x"] * 600,
    [10**30],
    {},
    {"$gt": ""},
    {"a": {"b": {"c": []}}},
]
ODD_TEXTS = [
    *("", "\0", "\ud800", "-1", "0", "9" * 5_000, "nan", "1e999", "true", "[]", "{$gt:1}"),
    *("2026-13-45", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "../../etc", "%00"),
]
ODD_BODIES = [
    *(b"", b"{", b"null", b"[]", b"[1]", b'"x"', b"0", b"true", b"NaN", b"-", b"\xff\xfe", b"\0"),
    *(b'{"a": NaN}', b'{"a": 1, "a": 2}', b"{}" * 1000, b"[" * 50_000, b'{"a":' * 50_000),
    *(b'{"\\ud800": "\\udfff"}', b"9" * 10_000, b"\xef\xbb\xbf{}", b"{}\n{}"),
]
ODD_TYPES = ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=nope", "/"]
ODD_HEADERS: list[dict[str, str]] = [
    *({"Authorization": value} for value in ("Bearer", "Bearer \x01", "DPoP x", "Basic Og==")),
    *({"Authorization": f"{scheme} {'a' * 20_000}"} for scheme in ("Bearer", "DPoP")),
    {"Authorization": "Bearer a.b.c", "DPoP": "a.b.c"},
    {"Authorization": "Bearer é"},
    {"Cookie": "sessionid=\x01; csrftoken=;;;="},
    {"Accept": "application/xml"},
    {"Accept": ";;;"},
    {"X-Request-ID": "a" * 10_000},
    {"X-Forwarded-For": "nobody"},
    {"Accept-Language": "-" * 500},
    {"If-Modified-Since": "never"},
    {"Range": "bytes=9-0"},
]


@dataclass
class Call:
    """One request to send: the ``fields`` of a form, or ``body`` as it stands."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    fields: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, client: Any) -> Any:
        if self.fields is not None:
            return client.post(self.path, self.fields, format="multipart", headers=self.headers)
        return client.generic(
            self.method,
            self.path,
            self.body or b"",
            self.content_type,
            query_params={name: _encodable(text) for name, text in self.query.items()},
            headers=self.headers,
        )


def _encodable(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def odd_values_of(
    name: str, path: str, operation: Operation, good: dict[str, Any]
) -> Iterator[Call]:
    """A valid body with one field replaced by each odd value in turn."""
    for key in good:
        for value in ODD_VALUES:
            changed = good | {key: value}
            if is_form(operation):
                yield Call("POST", path, fields=as_form(changed))
            else:
                yield Call(name, path, body=as_json(changed))


def odd_texts_of(method: str, path: str, names: list[str]) -> Iterator[Call]:
    """Every query parameter, and two that all lists have, with each odd text."""
    for name in sorted({*names, "page", "page_size"}):
        for text in ODD_TEXTS:
            yield Call(method, path, query={name: text})


def odd_requests_of(method: str, path: str) -> Iterator[Call]:
    """Bodies, types and headers that do not belong to the operation."""
    for body in ODD_BODIES:
        yield Call(method, path, body=body)
    for content_type in ODD_TYPES:
        yield Call(method, path, body=b"x", content_type=content_type)
    for headers in ODD_HEADERS:
        yield Call(method, path, body=b"{}", headers=headers)


def is_form(operation: Operation) -> bool:
    return "multipart/form-data" in operation.get("requestBody", {}).get("content", {})


def as_form(values: dict[str, Any]) -> dict[str, Any]:
    """The multipart parts of a JSON-like value: bytes become files, the rest becomes text."""
    return {name: _part(value) for name, value in values.items() if value is not None}


def _part(value: Any) -> Any:
    if isinstance(value, bytes):
        return SimpleUploadedFile("frame.jpg", value, "image/jpeg")
    if isinstance(value, list) and any(isinstance(item, bytes) for item in value):
        return [_part(item) for item in value]
    if isinstance(value, str):
        # Bytes would be sent as a field for each byte, and half a surrogate pair cannot be sent.
        return value.encode(errors="replace").decode()
    return json.dumps(value)


class Examples:
    """Valid bodies, made from the OpenAPI description."""

    def __init__(self, description: dict[str, Any], ids: dict[str, Any]) -> None:
        self.components = description["components"]["schemas"]
        self.ids = {name: str(value) for name, value in ids.items()}

    def body_of(self, operation: Operation) -> dict[str, Any]:
        content = operation.get("requestBody", {}).get("content", {})
        for media in ("application/json", "multipart/form-data"):
            if media in content:
                value: dict[str, Any] = self.value_of("", content[media]["schema"])
                return value
        return {}

    def value_of(self, name: str, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object":
            parts = schema.get("properties", {})
            return {key: self.value_of(key, part) for key, part in parts.items()}
        if kind == "array":
            count = max(1, schema.get("minItems", 1))
            return [self.value_of(name, schema["items"])] * count
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        return True if kind == "boolean" else self._text(name, schema)

    def _text(self, name: str, schema: dict[str, Any]) -> Any:
        by_format = {
            "uuid": self.ids.get(f"{name}_id", self.ids["student_id"]),
            "date-time": "2026-03-02T09:00:00Z",
            "email": "new@school.test",
            "binary": b"not a picture",
        }
        by_name = {"nonce": "malformed-nonce", "eid": "00" * 8, "time_zone": "UTC"}
        return by_format.get(schema.get("format", ""), by_name.get(name, "text"))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for wrapped in (*schema.get("allOf", []), *schema.get("oneOf", [])):
            schema = wrapped
            break
        if "$ref" in schema:
            return self._resolved(self.components[schema["$ref"].rpartition("/")[2]])
        return schema
