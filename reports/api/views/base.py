"""What the views of the reports have in common."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.models import User


def viewer_of(request: Request) -> User:
    """Return the person who asks. The permissions have turned away whoever is not logged in."""
    return cast(User, request.user)


def validated_query(request: Request, serializer: type[Serializer]) -> dict[str, Any]:
    """Return what the query of the address asks for. Raises DRF's ValidationError."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return cast(dict[str, Any], query.validated_data)
