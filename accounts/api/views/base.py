"""What the API's views share about people."""

from typing import Any

from rest_framework.request import Request

from accounts.models import User


def viewer(request: Request) -> User:
    """Return the person who is logged in. The view's permissions let nobody else through."""
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # tells the type checker what permissions hold
    return user
