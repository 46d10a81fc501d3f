"""The counts of wrong guesses at a password, and the delays that follow from them.

Each place from which an account logged in before has a count of its own. Everywhere else there are
three: the account's at this address, the account's anywhere, and the address's. An account that
does not exist is counted by its name exactly like one that does, but not against its address, so
that inventing names slows down nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.domain.callers import Caller
from accounts.domain.delays import Delays, Try, wait_for_many_s, wait_s
from accounts.domain.dpop import Proof
from accounts.models import Device, DeviceStatus, FailedLogin, RefreshToken, User, normalise_email
from accounts.services.known_browsers import known_browser
from accounts.services.mails import send_later
from attendance_project.refusals import Kind, Refusal

ANYWHERE_FACTOR = 4
"""How many times the failures of one place are free for guesses from many places together."""
LONGEST_KNOWN_DELAY_S = 60.0
"""The longest delay on a phone or browser of one's own."""
LONGEST_ADDRESS_DELAY_S = 60.0
"""The longest delay for an address. It is short, since a whole school may have one address."""
GUESSES_BEFORE_MAIL = 10
MAIL_SPAN = timedelta(days=1)
"""A person is told of wrong guesses once in this time."""


@dataclass(frozen=True)
class Place:
    """Where a guess counts: ``source`` for the account, ``shared`` for many guesses together."""

    source: str
    shared: str
    is_known: bool


def place_of(person: User | None, caller: Caller) -> Place:
    """The place that a caller is at, as far as this account is concerned."""
    if person is not None and (known := _known(person, caller)):
        return known
    address = digest("address", caller.address)
    return Place(address, address if person else "", is_known=False)


class Guess:
    """One guess, whose row is stored before the password is tried."""

    def __init__(self, email: str, caller: Caller, *, now: datetime) -> None:
        self.account = digest("account", normalise_email(email))
        self.person = User.objects.filter(email=normalise_email(email)).first()
        self.place = place_of(self.person, caller)
        self.now = now

    def begin(self) -> None:
        """Store the guess. Raises Refusal (too many) where it has to wait.

        It is checked before and after storing: before, so that a flood of refused guesses stores
        nothing, and after, so that guesses at the same moment see each other.
        """
        self._check()
        self.row = FailedLogin.objects.create(
            account=self.account, source=self.place.source, address=self.place.shared, at=self.now
        )
        try:
            self._check()
        except Refusal:
            self.row.delete()  # it was refused, not wrong: trying must not prolong the wait
            raise

    def fail(self) -> None:
        """Count the guess, forget those that count no more, and tell the person of many."""
        FailedLogin.objects.filter(pk=self.row.pk).update(failed=True)
        FailedLogin.objects.filter(at__lt=self.now - settings.LOGIN_FAILURE_WINDOW).delete()
        wrong = FailedLogin.objects.filter(account=self.account, failed=True).count()
        if self.person and wrong >= GUESSES_BEFORE_MAIL:
            _tell(self.person, self.now)

    def succeed(self) -> None:
        FailedLogin.objects.filter(account=self.account, source=self.place.source).delete()

    def _check(self) -> None:
        if wait := max(self._wait_for_account(), self._wait_for_shared()):
            raise too_many(wait)

    def _wait_for_account(self) -> float:
        since = self.now - settings.LOGIN_FAILURE_WINDOW
        rows = self._others(FailedLogin.objects.filter(account=self.account, at__gt=since))
        here = [each for each in rows if each.of == self.place.source]
        wait = wait_s(here, self._delays(), now=self.now)
        if self.place.is_known:
            return wait
        return max(wait, wait_s(rows, self._delays(ANYWHERE_FACTOR), now=self.now))

    def _wait_for_shared(self) -> float:
        """The wait of the address, or that of a known browser's cookie which is used elsewhere."""
        window = settings.LOGIN_FAILURE_WINDOW
        if self.place.is_known:
            rows = self._shared(window) if self.place.shared else []
            return wait_s(rows, self._delays(ANYWHERE_FACTOR), now=self.now)
        rows = self._shared(settings.LOGIN_ADDRESS_WINDOW, of="account")
        free = drawn_limit(settings.LOGIN_FAILURES_PER_ADDRESS, self.place.shared, self.now)
        delays = Delays(free, settings.LOGIN_DELAY_S, LONGEST_ADDRESS_DELAY_S)
        return wait_for_many_s(rows, delays, now=self.now)

    def _shared(self, window: timedelta, of: str = "source") -> list[Try]:
        since = self.now - window
        # A name that does not exist asks for rows as well, of which there are none: the time of an
        # answer must not tell the two apart.
        shared = self.place.shared or digest("nobody", self.place.source)
        rows = FailedLogin.objects.filter(address=shared, at__gt=since)
        return self._others(rows, of=of)

    def _others(self, rows: object, of: str = "source") -> list[Try]:
        mine = getattr(getattr(self, "row", None), "pk", None)
        found = rows.values_list("pk", "at", "failed", of)  # type: ignore[attr-defined]
        return [Try(at, failed, what) for pk, at, failed, what in found if pk != mine]

    def _delays(self, factor: int = 1) -> Delays:
        longest = LONGEST_KNOWN_DELAY_S if self.place.is_known else settings.LOGIN_LONGEST_DELAY_S
        free = settings.LOGIN_FAILURES_PER_ACCOUNT * factor
        return Delays(free, settings.LOGIN_DELAY_S, longest)


def drawn_limit(most: int, place: str, now: datetime) -> int:
    """A limit of a place, drawn anew in each window between three quarters of ``most`` and all.

    Guesses at names that do not exist leave an address's count as it is. Whoever knew the limit
    could bring the count to just below it and read from one more guess whether a name exists.
    """
    span = int(now.timestamp() // settings.LOGIN_ADDRESS_WINDOW.total_seconds())
    drawn = int(digest("limit", f"{place} {span}")[:8], 16)
    return most - drawn % (most // 4 + 1)


def digest(kind: str, value: str) -> str:
    return salted_hmac(f"accounts.login.{kind}", value, algorithm="sha256").hexdigest()


def too_many(wait: float) -> Refusal:
    return Refusal(
        "too_many_attempts",
        _(
            "Too many wrong passwords. Try again in %(seconds)s s. On a phone or browser where you "
            "were logged in before, you do not wait for the mistakes of others."
        )
        % {"seconds": int(wait) + 1},
        Kind.TOO_MANY,
        wait_s=max(wait, 1.0),
    )


def _known(person: User, caller: Caller) -> Place | None:
    """The place of a log-in that stands, of a phone's key, or of a browser's cookie."""
    if caller.log_in:
        return Place(digest("log-in", caller.log_in), "", is_known=True)
    if caller.jkt and is_known_key(person, caller.jkt):
        return Place(digest("phone", caller.jkt), "", is_known=True)
    browser = known_browser(person, caller)
    if browser is None:
        return None
    if browser.is_home:
        return Place(digest("browser", browser.id), "", is_known=True)
    # A cookie that was copied has no count in common with the browser from which it was taken.
    elsewhere = f"{browser.id} {caller.address}"
    return Place(digest("copy", elsewhere), digest("copies", browser.id), is_known=True)


def is_known_proof(email: str, proof: Proof) -> bool:
    person = User.objects.filter(email=normalise_email(email)).first()
    return person is not None and is_known_key(person, proof.jkt)


def is_known_key(person: User, jkt: str) -> bool:
    """Whether the account logged in with this key before, and nobody ended that."""
    if person.is_student:
        ours = Device.objects.filter(jkt=jkt, user=person)
        return ours.exclude(status=DeviceStatus.REVOKED).exists()
    return RefreshToken.objects.filter(user=person, jkt=jkt, revoked_at=None).exists()


def _tell(person: User, now: datetime) -> None:
    """Tell the person of many wrong guesses. The update lets one of several processes do it."""
    told = Q(guesses_told_at=None) | Q(guesses_told_at__lt=now - MAIL_SPAN)
    mine = User.objects.filter(pk=person.pk, is_active=True).filter(told)
    if not mine.update(guesses_told_at=now):
        return
    text = render_to_string("accounts/mail/guesses.txt", {"person": person})
    send_later([EmailMessage(_("Wrong passwords for your account"), text, to=[person.email])])
