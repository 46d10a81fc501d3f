"""Log-in by e-mail and password, with delays after wrong guesses."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.domain.callers import Caller
from accounts.domain.dpop import Proof
from accounts.models import Device, User
from accounts.services.devices import register_device
from accounts.services.guesses import Guess, is_known_proof
from accounts.services.proofs import spend_proof
from accounts.services.tokens import issue_tokens
from attendance_project.refusals import Kind, Refusal


@dataclass(frozen=True)
class LoggedIn:
    """What a log-in gives. ``notice`` is None or ``{"code", "detail"}``."""

    user: User
    access: str
    refresh: str
    device: Device | None
    notice: dict[str, str] | None


@sensitive_variables("password")
def check_password(*, email: str, password: str, caller: Caller, now: datetime) -> User:
    """The account that the password opens.

    Raises Refusal (unauthenticated, not allowed, too many).
    """
    user = try_password(email=email, password=password, caller=caller, now=now)
    if not user.is_approved:
        raise waiting_for_approval()
    return user


@sensitive_variables("password")
def try_password(*, email: str, password: str, caller: Caller, now: datetime) -> User:
    """The account that the password fits, also one that waits for approval.

    Raises Refusal (unauthenticated, too many).

    Only wrong passwords count (guesses.py). Nobody else's mistakes keep a person out on a phone or
    in a browser where they were logged in before.
    """
    guess = Guess(email, caller, now=now)
    guess.begin()
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):  # unknown, wrong and inactive take as long and look the same
        guess.fail()
        raise Refusal(
            "wrong_credentials",
            _("Wrong e-mail or password. Try again, or ask for a new password."),
            Kind.UNAUTHENTICATED,
        )
    guess.succeed()
    return user


@sensitive_variables("password")
def log_in(
    *,
    email: str,
    password: str,
    device_name: str,
    proof: Proof | None,
    caller: Caller,
    now: datetime,
) -> LoggedIn:
    """Tokens for the right password, bound to the proof's key. Raises as check_password does.

    A student's key becomes a device of theirs (see register_device). Where the key is another
    student's, the token is bound to it all the same, so that a check-in shows whose it is.
    """
    known = proof is not None and is_known_proof(email, proof)
    if proof and known:
        # It is used up first: a copy of it must not guess at its phone's own count.
        spend_proof(proof)
    user = check_password(email=email, password=password, caller=caller, now=now)
    if proof and not known:
        spend_proof(proof)
    return admit(user, device_name=device_name, proof=proof, now=now)


def admit(user: User, *, device_name: str, proof: Proof | None, now: datetime) -> LoggedIn:
    """Tokens and the phone of somebody whose password and proof were found right."""
    device = notice = None
    if proof and user.is_student:
        device = register_device(user, proof=proof, name=device_name, now=now)
        notice = None if device else _of_another_student()
    pair = issue_tokens(user, jkt=proof.jkt if proof else "", now=now)
    return LoggedIn(user, pair.access, pair.refresh, device, notice)


def _of_another_student() -> dict[str, str]:
    return {
        "code": "device_of_another_student",
        "detail": _(
            "This phone is registered to another student and cannot check you in. Use your own "
            "phone, or ask your teacher."
        ),
    }


def waiting_for_approval() -> Refusal:
    return Refusal(
        "account_waiting_for_approval",
        _("Your account is waiting for approval by an admin. Try again later."),
        Kind.NOT_ALLOWED,
    )
