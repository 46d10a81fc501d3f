"""Decorators that say who may see a page, for the views of every app.

A stranger is sent to the log-in page, the wrong role gets 403, and a teacher whom no admin has
approved is told to wait. The view itself answers 404 for things that are another person's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.models import Role, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def viewer(request: HttpRequest) -> User:
    """The person who is logged in. It is for views whose decorator lets nobody else through."""
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required ensures it
    return user


def admin_required(view: View[P]) -> View[P]:
    """Let approved admins through."""
    return _open_to(view, Role.ADMIN)


def teacher_or_admin_required(view: View[P]) -> View[P]:
    """Let approved teachers and admins through."""
    return _open_to(view, Role.TEACHER, Role.ADMIN)


def _open_to(view: View[P], *roles: Role) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = viewer(request)
        if user.role not in roles:
            raise PermissionDenied
        if not user.is_approved:
            return _told_to_wait(request)
        return view(request, *args, **kwargs)

    guarded_view: View[P] = login_required(guarded)
    return guarded_view


def _told_to_wait(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/waiting.html", status=403)
