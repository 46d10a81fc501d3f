"""Adds the one shape of errors to every operation of the OpenAPI description."""

from typing import Any

ANSWERS = {
    "400": "Some of what was sent is not usable; `fields` says what.",
    "401": "Nobody is logged in, or the token is spent.",
    "403": "Not for this role, or not for this device.",
    "404": "There is no such thing, or it is not yours to see.",
    "429": "Too many tries; `Retry-After` says how long to wait.",
    "default": "Any other error.",
}
METHODS = ("get", "post", "put", "patch", "delete")


def document_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular. What a view documents itself stays as it is."""
    for path in result["paths"].values():
        for method in METHODS:
            if operation := path.get(method):
                for status in _possible(operation):
                    operation["responses"].setdefault(status, _answer(status))
    return result


def _possible(operation: dict[str, Any]) -> list[str]:
    parameters = operation.get("parameters", [])
    possible = ["429", "default"]
    if "requestBody" in operation or any(p["in"] == "query" for p in parameters):
        possible.append("400")
    if any(p["in"] == "path" for p in parameters):
        possible.append("404")
    if any(operation.get("security", [])):
        possible += ["401", "403"]
    return sorted(possible)


def _answer(status: str) -> dict[str, Any]:
    return {
        "description": ANSWERS[status],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
