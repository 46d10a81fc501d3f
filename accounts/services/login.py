"""Log-in by e-mail and password, with a limit on wrong guesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.domain.dpop import Proof
from accounts.models import Device, DeviceStatus, FailedLogin, User, normalise_email
from accounts.services.devices import register_device
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


# For guesses spread over many addresses the limit is ten times that of one address.
ANYWHERE_FACTOR = 10


@sensitive_variables("password")
def check_password(
    *, email: str, password: str, address: str, now: datetime, jkt: str = ""
) -> User:
    """The account that the password opens.

    Raises Refusal (unauthenticated, not allowed, too many).

    Only wrong passwords count, for each account and source. The source is an address. For a phone
    whose key the account already knows it is the key, so that nobody else can lock a student out of
    their own phone, not even on the same Wi-Fi.
    """
    account = _digest("account", normalise_email(email))
    guess = _Guess(account, address, known_jkt=_known(jkt, email), now=now)
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
    if not user.is_approved:
        raise waiting_for_approval()
    return user


@sensitive_variables("password")
def log_in(
    *, email: str, password: str, device_name: str, proof: Proof | None, address: str, now: datetime
) -> LoggedIn:
    """Tokens for the right password, bound to the proof's key. Raises as check_password does.

    A student's key becomes a device of theirs (see register_device). Where the key is another
    student's, the token is bound to it all the same, so that a check-in shows whose it is.
    """
    jkt = proof.jkt if proof else ""
    user = check_password(email=email, password=password, address=address, now=now, jkt=jkt)
    if proof:
        spend_proof(proof)
    device = notice = None
    if proof and user.is_student:
        device = register_device(user, proof=proof, name=device_name, now=now)
        notice = None if device else _of_another_student()
    pair = issue_tokens(user, jkt=jkt, now=now)
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


class _Guess:
    """One guess, whose row is stored before the password is tried."""

    def __init__(self, account: str, address: str, *, known_jkt: str, now: datetime) -> None:
        self.account = account
        self.address = "" if known_jkt else _digest("address", address)
        self.source = _digest("phone", known_jkt) if known_jkt else self.address
        self.now = now

    def begin(self) -> None:
        """Store the guess. Raises Refusal (too many) where a limit is reached."""
        self.row = FailedLogin.objects.create(
            account=self.account, source=self.source, address=self.address, at=self.now
        )
        try:
            self._check_limits()
        except Refusal:
            self.row.delete()  # it was refused, not wrong: trying must not prolong the wait
            raise

    def fail(self) -> None:
        FailedLogin.objects.filter(pk=self.row.pk).update(failed=True)

    def succeed(self) -> None:
        FailedLogin.objects.filter(account=self.account, source=self.source).delete()

    def _check_limits(self) -> None:
        since = self.now - settings.LOGIN_FAILURE_WINDOW
        recent = FailedLogin.objects.filter(at__gt=since).order_by("at")
        account = list(recent.filter(account=self.account).values_list("source", "failed", "at"))
        here = [(failed, at) for source, failed, at in account if source == self.source]
        limit = settings.LOGIN_FAILURES_PER_ACCOUNT
        self._check(here, limit)
        if self.address:
            anywhere = [(failed, at) for _, failed, at in account]
            self._check(anywhere, limit * ANYWHERE_FACTOR)
            # Guesses under way do not count: a class that logs in at once from one address is no
            # attack.
            wrong = recent.filter(address=self.address, failed=True).values_list("failed", "at")
            self._check(list(wrong), settings.LOGIN_FAILURES_PER_ADDRESS)

    def _check(self, rows: list[tuple[bool, datetime]], limit: int) -> None:
        """Rows are (failed, at), oldest first. Those that have not failed are being tried now."""
        wrong = [at for failed, at in rows if failed]
        if len(wrong) >= limit:
            raise _too_many(wrong[0] + settings.LOGIN_FAILURE_WINDOW - self.now)
        if len(rows) > limit:
            raise _too_many(timedelta(seconds=1))


def _known(jkt: str, email: str) -> str:
    """The thumbprint, if it is of a phone of this very account that is not revoked."""
    if not jkt:
        return ""
    device = Device.objects.filter(jkt=jkt).select_related("user").first()
    if device is None or device.status == DeviceStatus.REVOKED:
        return ""
    return jkt if device.user.email == normalise_email(email) else ""


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"accounts.login.{kind}", value, algorithm="sha256").hexdigest()


def _too_many(wait: timedelta) -> Refusal:
    return Refusal(
        "too_many_attempts",
        _("Too many log-in attempts. Wait a few minutes and try again."),
        Kind.TOO_MANY,
        wait_s=max(wait.total_seconds(), 1.0),
    )
