"""Log-in by e-mail and password, with a limit on wrong guesses."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts.domain.dpop import Proof
from accounts.models import Device, DeviceStatus, FailedLogin, User, normalise_email
from accounts.services.devices import register_device
from accounts.services.proofs import spend_proof
from accounts.services.tokens import issue_tokens
from attendance_project.api_errors import ApiError


@dataclass(frozen=True)
class LoggedIn:
    """What a log-in brings. ``notice`` is None or ``{"code", "detail"}``."""

    user: User
    access: str
    refresh: str
    device: Device | None
    notice: dict[str, str] | None


# Guesses spread over many addresses: ten times what one address may try on an account.
ANYWHERE_FACTOR = 10


@sensitive_variables("password")
def check_password(
    *, email: str, password: str, address: str, now: datetime, jkt: str = ""
) -> User:
    """The account that the password opens; raises ApiError 401, 403 or 429.

    Only wrong passwords count, per account and source. A source is an address; for a phone
    whose key the account already knows it is the key instead, so that nobody else, not even
    on the same Wi-Fi, can lock a student out of their own phone.
    """
    account = _digest("account", normalise_email(email))
    attempt = _Attempt(account, address, known_jkt=_known(jkt, email), now=now)
    attempt.begin()
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):  # unknown, wrong and inactive cost and look the same
        attempt.fail()
        raise ApiError("wrong_credentials", "E-mail or password is not right.", status=401)
    attempt.succeed()
    if not user.is_approved:
        raise waiting_for_approval()
    return user


@sensitive_variables("password")
def log_in(
    *, email: str, password: str, device_name: str, proof: Proof | None, address: str, now: datetime
) -> LoggedIn:
    """Tokens for the right password, bound to the proof's key; raises as check_password.

    A student's key becomes a device of theirs (see register_device). Where it is another
    student's, the token is bound to it all the same, so that a check-in shows whose it is.
    """
    jkt = proof.jkt if proof else ""
    user = check_password(email=email, password=password, address=address, now=now, jkt=jkt)
    if proof:
        spend_proof(proof)
    device = notice = None
    if proof and user.is_student:
        device = register_device(user, proof=proof, name=device_name, now=now)
        notice = None if device else _OF_ANOTHER_STUDENT
    pair = issue_tokens(user, jkt=jkt, now=now)
    return LoggedIn(user, pair.access, pair.refresh, device, notice)


_OF_ANOTHER_STUDENT = {
    "code": "device_of_another_student",
    "detail": "This phone is registered to another student and cannot check you in. "
    "Use your own phone, or ask a teacher.",
}


def waiting_for_approval() -> ApiError:
    return ApiError(
        "account_waiting_for_approval",
        "Your account waits for an administrator's approval. Please try again later.",
        status=403,
    )


class _Attempt:
    """One guess and what it may still cost; its row is there before the password is tried."""

    def __init__(self, account: str, address: str, *, known_jkt: str, now: datetime) -> None:
        self.account = account
        self.is_known = bool(known_jkt)
        self.address = _digest("address", address)
        self.source = _digest("phone", known_jkt) if known_jkt else self.address
        self.since = now - settings.LOGIN_FAILURE_WINDOW
        self.now = now

    def begin(self) -> None:
        """Raises ApiError 429 where a limit is reached."""
        self.row = FailedLogin.objects.create(account=self.account, source=self.source, at=self.now)
        oldest_at = self._over_limit_since()
        if oldest_at is not None:
            self.row.delete()  # refused, not failed: waiting must not be prolonged by trying
            raise _too_many(oldest_at, self.now)

    def fail(self) -> None:
        if not self.is_known:
            FailedLogin.objects.filter(pk=self.row.pk).update(address=self.address)

    def succeed(self) -> None:
        FailedLogin.objects.filter(account=self.account, source=self.source).delete()

    def _over_limit_since(self) -> datetime | None:
        """The oldest failure of the limit that is passed, this attempt's own row included."""
        account = FailedLogin.objects.filter(account=self.account, at__gt=self.since)
        rows = list(account.order_by("at").values_list("source", "at"))
        here = [at for source, at in rows if source == self.source]
        if len(here) > settings.LOGIN_FAILURES_PER_ACCOUNT:
            return here[0]
        if self.is_known:
            return None
        if len(rows) > settings.LOGIN_FAILURES_PER_ACCOUNT * ANYWHERE_FACTOR:
            return rows[0][1]
        return self._address_full_since()

    def _address_full_since(self) -> datetime | None:
        # Rows get their address once they have failed, so that a class logging in at the
        # same moment from one address does not count.
        failed = FailedLogin.objects.filter(address=self.address, at__gt=self.since)
        times = list(failed.order_by("at").values_list("at", flat=True))
        return times[0] if len(times) >= settings.LOGIN_FAILURES_PER_ADDRESS else None


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


def _too_many(oldest_at: datetime, now: datetime) -> ApiError:
    wait_s = (oldest_at + settings.LOGIN_FAILURE_WINDOW - now).total_seconds()
    return ApiError(
        "too_many_attempts",
        "Too many wrong passwords. Please wait a few minutes and try again.",
        status=429,
        wait_s=max(wait_s, 1.0),
    )
