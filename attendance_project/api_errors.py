"""The one shape of an API error: ``{"code": ..., "detail": ..., "fields": {...}}``.

``code`` is stable and for programs. ``detail`` is a sentence for people. ``fields`` says what is
wrong with each input, and is empty where the error is not about an input.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from attendance_project.refusals import Kind, Refusal

# RFC 9110 wants each 401 to name the ways to log in: tokens bound to a key (RFC 9449), and plain
# ones.
AUTHENTICATE_HEADER = 'DPoP realm="api", algs="ES256", Bearer realm="api"'
STATUSES = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.NOT_ALLOWED: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_COSTLY: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
"""The HTTP status of each kind of refusal."""

_Self = TypeVar("_Self")
_Who = TypeVar("_Who")


class ErrorSerializer(serializers.Serializer):
    """The shape of an error in the OpenAPI description."""

    code = serializers.CharField(help_text="Stable; for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the wire name is "fields"
        child=serializers.ListField(child=serializers.CharField()),
        help_text="What is wrong with each input; empty where no input is at fault.",
    )


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal, or what DRF raised, into the one shape. Returns None where it is a bug."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, Refusal):
        response = Response(body_of(exc), status_of(exc), headers=_headers(exc, context))
    elif isinstance(exc, exceptions.APIException):
        response = Response(_body(exc), exc.status_code, headers=_drf_headers(exc))
    else:
        return None
    response.error_code = response.data["code"]  # type: ignore[attr-defined]  # for the error log
    return response


def status_of(refusal: Refusal) -> int:
    return STATUSES[refusal.kind]


def body_of(refusal: Refusal) -> dict[str, Any]:
    """The refusal in the one shape of an API error."""
    return {
        "code": refusal.code,
        "detail": _text(refusal.sentence),
        "fields": {name: [_text(x) for x in told] for name, told in refusal.fields.items()},
    }


def waiting_headers(wait_s: float | None) -> dict[str, str]:
    """Retry-After in whole seconds, rounded up, where it is known how long to wait."""
    return {"Retry-After": str(int(wait_s) + 1)} if wait_s else {}


def as_nobody(
    authenticate: Callable[[_Self, Request], _Who],
) -> Callable[[_Self, Request], _Who]:
    """Decorate an authenticator: a caller whom it refuses counts as nobody from then on.

    DRF does this for its own exceptions only. Without it the error log would name the person to
    whom the browser's cookie belongs.
    """

    @wraps(authenticate)
    def refusing(self: _Self, request: Request) -> _Who:
        try:
            return authenticate(self, request)
        except Refusal:
            request.user, request.auth = AnonymousUser(), None
            raise

    return refusing


def _body(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        return {
            "code": "invalid_input",
            "detail": _("Please correct the fields marked below."),
            "fields": _fields(exc.detail),
        }
    codes = exc.get_codes()
    return {
        "code": codes if isinstance(codes, str) else "error",
        "detail": _told(exc),
        "fields": {},
    }


_NEXT_STEPS: dict[type[exceptions.APIException], Any] = {
    exceptions.NotAuthenticated: gettext_lazy("Log in, and send the token with this request."),
    exceptions.NotFound: gettext_lazy(
        "This does not exist, or you cannot see it. Reload the list."
    ),
    exceptions.PermissionDenied: gettext_lazy("You cannot do this. Ask an admin if you need to."),
}
"""Sentences with a next step, for the errors whose text in DRF names none."""


def _told(exc: exceptions.APIException) -> str:
    if exc.detail == exc.default_detail and type(exc) in _NEXT_STEPS:
        return str(_NEXT_STEPS[type(exc)])
    return _sentence(exc.detail)


def _sentence(detail: Any) -> str:
    # simplejwt puts its detail into a dict.
    return _text(detail.get("detail", detail) if isinstance(detail, dict) else detail)


def _text(message: Any) -> str:
    """The message without half surrogate pairs, which JSON may hold and a message may repeat."""
    return str(message).encode(errors="replace").decode()


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flatten DRF's nested detail: ``{"tokens.0.token": ["..."]}``.

    What is wrong with a whole list or object stands under its own name.
    """
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(detail, dict):
        pairs = detail.items()
    elif isinstance(detail, list) and any(isinstance(x, dict | list) for x in detail):
        pairs = enumerate(detail)
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return {prefix or "non_field_errors": [_text(m) for m in messages]} if messages else {}
    flat: dict[str, list[str]] = {}
    for key, value in pairs:
        own = f"{prefix}.{key}" if prefix else str(key)
        flat.update(_fields(value, prefix if prefix and key == "non_field_errors" else own))
    return flat


def _headers(refusal: Refusal, context: dict[str, Any]) -> dict[str, str]:
    headers = waiting_headers(refusal.wait_s)
    if refusal.kind is Kind.UNAUTHENTICATED:
        # A view that is open to everybody has no authenticator that could name the ways to log in.
        named = context["view"].get_authenticate_header(context["request"])
        headers["WWW-Authenticate"] = named or AUTHENTICATE_HEADER
    return headers


def _drf_headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = waiting_headers(getattr(exc, "wait", None))
    if exc.status_code == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = getattr(exc, "auth_header", AUTHENTICATE_HEADER)
    return headers
