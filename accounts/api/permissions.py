"""Permissions that say who may call a view. Roles come from the account, never from the token."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.authentication import bound_jkt
from accounts.models import Role


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


class HasDeviceKey(BasePermission):
    """The access token is bound to a phone's key, and so this call was signed by the phone."""

    code = "device_key_required"
    message = _("Log in on your phone. This request needs your phone's key.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(bound_jkt(request.auth))
