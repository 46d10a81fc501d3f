"""Changes of an account, by its owner or an admin."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.domain.callers import Caller
from accounts.models import Role, User
from accounts.services.confirming import claim_number
from accounts.services.merging import check_may_switch_on
from accounts.services.names import ask_for_name
from accounts.services.new_emails import ask_for_new_email, take_email
from accounts.services.passwords import confirm_password
from accounts.services.registration import raise_taken
from accounts.services.switching import switching
from accounts.services.tokens import revoke_tokens
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

ADMIN_ONLY = ("role", "institution_number", "is_active")
_POWER = {"role", "is_active"}
_UNIQUE = ("email", "institution_number")


def update_profile(
    user: User,
    changes: dict[str, Any],
    *,
    by: User,
    current_password: str = "",
    name_reason: str = "",
    caller: Caller,
    now: datetime,
) -> User:
    """Apply ``changes``, which maps fields to values.

    Raises Refusal (invalid, not allowed, conflict, too many).

    Anyone may send values that are unchanged, so that a profile can be sent back whole. The owner
    may correct name and number while the address is not confirmed, since they count for nobody
    then. A number that an admin gives then is only claimed too. Later a name of one's own waits for
    an admin; ``name_reason`` says why.
    """
    changes = {name: value for name, value in changes.items() if _now(user, name) != value}
    may_claim = not user.is_confirmed and (by.pk == user.pk or by.is_admin)
    if may_claim and "institution_number" in changes:
        claim_number(user, changes.pop("institution_number"))
    if not by.is_admin:
        _refuse_admin_only(changes)
    if by.pk == user.pk:
        _refuse_own_power(changes)
        if "full_name" in changes and user.is_confirmed and not by.is_admin:
            ask_for_name(user, changes.pop("full_name"), reason=name_reason, now=now)
        if "email" in changes:
            confirm_password(user, current_password, caller=caller, now=now)
            ask_for_new_email(user, changes.pop("email"), now=now)
    _change(user, changes | _following(user, changes, by, now), now)
    user.refresh_from_db()
    return user


def _following(user: User, changes: dict[str, Any], by: User, now: datetime) -> dict[str, Any]:
    """What follows from the changes. Raises Refusal where the user may not be switched on."""
    following: dict[str, Any] = {}
    if by.is_admin and "full_name" in changes:
        following["name_vouched_at"] = now
    if changes.get("is_active"):
        check_may_switch_on(user)
    if "is_active" in changes:
        following |= switching(user, on=changes["is_active"], now=now)
        if not changes["is_active"]:
            following["claimed_number"] = ""
    return following


def _change(user: User, changes: dict[str, Any], now: datetime) -> None:
    """Write the changes, an address by itself, and log the user out where they lose power."""
    email = changes.pop("email", None)
    if email:
        number = changes.get("institution_number", user.institution_number)
        raise_taken(email=email, institution_number=number, except_for=user, now=now)
    _apply(user, changes, now=now)
    if email:
        take_email(user, email, now=now, by_admin=True)
    if _POWER & changes.keys():
        _undo_if_no_admin_left(user, changes)
        revoke_tokens(user, now=now)


def _now(user: User, name: str) -> Any:
    """The value of a field as its owner reads it."""
    return user.number if name == "institution_number" else getattr(user, name)


def _refuse_admin_only(changes: dict[str, Any]) -> None:
    if forbidden := [name for name in ADMIN_ONLY if name in changes]:
        raise Refusal(
            "admin_only",
            _("Only an admin can change the fields marked below. Leave them out, or ask an admin."),
            Kind.NOT_ALLOWED,
            fields={
                name: [_("Only an admin can change this. Leave it out, or ask an admin.")]
                for name in forbidden
            },
        )


def _refuse_own_power(changes: dict[str, Any]) -> None:
    if _POWER & changes.keys():
        raise Refusal(
            "not_on_yourself",
            _("You cannot change your own role or deactivate your own account. Ask another admin."),
            Kind.NOT_ALLOWED,
        )


def _apply(user: User, changes: dict[str, Any], *, now: datetime) -> None:
    if "role" in changes:
        # Django's own admin site uses this flag.
        changes = changes | {"is_superuser": changes["role"] == Role.ADMIN}
    if "institution_number" in changes:
        changes = changes | {"claimed_number": ""}
    if not changes:
        return
    try:
        with one_write():
            User.objects.filter(pk=user.pk).update(**changes)
    except IntegrityError:
        wanted = {name: changes.get(name, getattr(user, name)) for name in _UNIQUE}
        raise_taken(**wanted, except_for=user, now=now)
        raise


def _undo_if_no_admin_left(user: User, changes: dict[str, Any]) -> None:
    """Check after writing, since two admins who switch each other off at once must not both win."""
    if User.objects.filter(role=Role.ADMIN, is_active=True, is_approved=True).exists():
        return
    before = {name: getattr(user, name) for name in (*changes, "is_superuser")}
    User.objects.filter(pk=user.pk).update(**before)
    raise Refusal(
        "last_admin",
        _("There must be at least one admin. Make somebody else an admin first."),
        Kind.CONFLICT,
    )
