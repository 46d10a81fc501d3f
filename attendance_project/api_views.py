"""What the API's views of every app are made of."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from attendance_project.api_errors import ErrorSerializer


class PublicView(APIView):
    """A view that is open to everyone. It does not even read the Authorization header."""

    authentication_classes = []
    permission_classes = [AllowAny]


def validated(serializer: type[Serializer], request: Request, **kwargs: Any) -> dict[str, Any]:
    """Return the request's body as the serializer checked it. Raises DRF's ValidationError."""
    return _checked(serializer(data=request.data, **kwargs))


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
