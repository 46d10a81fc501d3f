"""Passwords, which must be strong enough and are changed by their owner only."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.login import try_password
from accounts.services.tokens import revoke_tokens
from attendance_project.refusals import Kind, Refusal


@sensitive_variables("password")
def check_strength(password: str, user: User, *, field: str = "password") -> None:
    """Check a password's strength. Raises Refusal ``invalid_input`` with Django's sentences."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal(
            "invalid_input",
            _("Please choose another password."),
            Kind.INVALID,
            fields={field: error.messages},
        ) from error


@sensitive_variables("current", "new")
def change_password(user: User, *, current: str, new: str, caller: Caller, now: datetime) -> None:
    """Set a new password and end every log-in. Raises Refusal (invalid, too many)."""
    confirm_password(user, current, caller=caller, now=now)
    check_strength(new, user, field="new_password")
    user.set_password(new)
    user.save(update_fields=["password"])
    revoke_tokens(user, now=now)


@sensitive_variables("password")
def confirm_password(user: User, password: str, *, caller: Caller, now: datetime) -> None:
    """Ask a person for their password again, with the limit on guesses of a log-in.

    Raises Refusal ``wrong_password`` or ``too_many_attempts``.
    """
    try:
        try_password(email=user.email, password=password, caller=caller, now=now)
    except Refusal as error:
        if error.kind is not Kind.UNAUTHENTICATED:
            raise
        raise Refusal(
            "wrong_password",
            _("Your current password is wrong. Type it again."),
            Kind.INVALID,
            fields={"current_password": [_("This is not your current password. Type it again.")]},
        ) from error
