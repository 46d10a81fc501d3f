"""What the API's views have in common about people."""

from typing import Any

from rest_framework.request import Request

from accounts.models import User


def viewer(request: Request) -> User:
    """The person who is logged in. The view's permissions let nobody else through."""
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # the permissions ensure it
    return user
