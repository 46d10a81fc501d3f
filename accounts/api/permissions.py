"""Permissions that say who may call a view. Roles come from the account, never from the token."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.api.authentication import bound_jkt
from accounts.models import Role
from accounts.services import device_standing
from attendance_project import clock


class _HasRole(BasePermission):
    """Lets approved, active accounts of certain roles through."""

    roles: ClassVar[set[Role]]
    code = "role_not_allowed"
    message = _("Your role does not allow this. Ask an admin if you need it.")

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        if not (user and user.is_authenticated and user.is_active and user.is_approved):
            return False
        return bool(user.role in self.roles)


class IsStudent(_HasRole):
    roles = {Role.STUDENT}


class IsTeacher(_HasRole):
    roles = {Role.TEACHER}


class IsAdmin(_HasRole):
    roles = {Role.ADMIN}


class IsTeacherOrAdmin(_HasRole):
    roles = {Role.TEACHER, Role.ADMIN}


class ByActivePhone(BasePermission):
    """A student changes things by the key of the active phone only. Reading needs no key.

    Who knows a student's password can log in without a phone, or on a phone that waits.
    """

    code = "active_phone_required"
    message = _(
        "Do this on the phone that checks you in. If it is lost, ask for a link by mail instead."
    )

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        if request.method in SAFE_METHODS or not getattr(user, "is_student", False):
            return True
        jkt = bound_jkt(request.auth)
        return bool(jkt) and device_standing(user, jkt, now=clock.now())[1] == "active"


class HasDeviceKey(BasePermission):
    """The access token is bound to a phone's key, and so this call was signed by the phone."""

    code = "device_key_required"
    message = _("Log in on your phone. This request needs your phone's key.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(bound_jkt(request.auth))
