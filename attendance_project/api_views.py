"""What the API's views of every app are made of."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from attendance_project.api_errors import ErrorSerializer
from attendance_project.refusals import Kind, Refusal


class PublicView(APIView):
    """A view that is open to everyone. It does not even read the Authorization header."""

    authentication_classes = []
    permission_classes = [AllowAny]


def validated(serializer: type[Serializer], request: Request, **kwargs: Any) -> dict[str, Any]:
    """Return the request's body as the serializer checked it. Raises DRF's ValidationError.

    The body of a PATCH may name only what can be changed: raises not_changeable. Otherwise the
    answer would be 200 although nothing of what was asked has happened.
    """
    given = serializer(data=request.data, **kwargs)
    if request.method == "PATCH":
        _refuse_unchangeable(given)
    return _checked(given)


def validated_query(serializer: type[Serializer], request: Request) -> dict[str, Any]:
    """Return what the query of the address asks for. Raises DRF's ValidationError."""
    return _checked(serializer(data=request.query_params))


def errors(*statuses: int) -> dict[int, type[ErrorSerializer]]:
    """Return the error answers that a view documents itself, for ``extend_schema``."""
    return dict.fromkeys(statuses, ErrorSerializer)


def _checked(given: Serializer) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    values: dict[str, Any] = given.validated_data
    return values


def _refuse_unchangeable(given: Serializer) -> None:
    sent = given.initial_data
    changeable = {name for name, field in given.fields.items() if not field.read_only}
    named = sent if isinstance(sent, Mapping) else ()  # the serializer refuses any other body
    others = sorted(_writable(str(name)) for name in named if name not in changeable)
    if others:
        raise Refusal(
            "not_changeable",
            _("The fields marked below cannot be changed here. Leave them out."),
            Kind.INVALID,
            fields={name: [_("This cannot be changed here. Leave it out.")] for name in others},
        )


def _writable(name: str) -> str:
    """The name as an answer can carry it: JSON may name half of a surrogate pair, UTF-8 cannot."""
    return name.encode("utf-8", "replace").decode()
