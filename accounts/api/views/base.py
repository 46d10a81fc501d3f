"""What the views of this app share."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.models import User
from attendance_project.api_errors import ErrorSerializer


class PublicView(APIView):
    """Open to everyone; what the Authorization header says is not even read."""

    authentication_classes = []
    permission_classes = [AllowAny]


def validated(serializer: type[Serializer], request: Request, **kwargs: Any) -> dict[str, Any]:
    """The request's body, checked; raises ValidationError (400)."""
    body = serializer(data=request.data, **kwargs)
    body.is_valid(raise_exception=True)
    data: dict[str, Any] = body.validated_data
    return data


def errors(*statuses: int) -> dict[int, type[ErrorSerializer]]:
    """The error answers that a view documents by itself."""
    return dict.fromkeys(statuses, ErrorSerializer)


def caller(request: Request) -> User:
    """Who is logged in; for views that let nobody else through."""
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # tells the type checker what permissions hold
    return user
