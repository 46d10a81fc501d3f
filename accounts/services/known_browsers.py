"""Browsers from which an account logged in before: a signed cookie that the browser keeps.

It opens nothing. It only gives the browser's guesses a count of their own, so that nobody else's
wrong guesses keep its owner out. It is bound to the account and to the hash of its password, and
so a new password makes all browsers strangers again.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.domain.callers import Caller
from accounts.models import User

COOKIE_PREFIX = "known-"
COOKIE_AGE = timedelta(days=365)
MOST_COOKIES = 8
"""Accounts that one browser is known to, as in a staff room. Further ones push out others."""
_SALT = "accounts.known-browser"


@dataclass(frozen=True)
class KnownBrowser:
    id: str
    is_home: bool
    """Whether it calls from the address at which it got its cookie. A copy mostly does not."""


def cookie_name(user: User) -> str:
    """The cookie's name, which is another one for each account of a browser."""
    return COOKIE_PREFIX + _digest("name", str(user.pk))[:16]


def new_cookie(user: User, *, address: str) -> str:
    """The cookie for the browser at ``address`` in which the person has just logged in."""
    held = [secrets.token_urlsafe(12), _bound_to(user), _digest("home", address)]
    return signing.dumps(held, salt=_SALT)


def known_browser(user: User, caller: Caller) -> KnownBrowser | None:
    """The browser, if its cookie is ours, of this account and of its present password."""
    try:
        raw = caller.cookies.get(cookie_name(user), "")
        browser, bound_to, home = signing.loads(raw, salt=_SALT, max_age=COOKIE_AGE)
    except (signing.BadSignature, ValueError):
        return None
    if not constant_time_compare(bound_to, _bound_to(user)):
        return None
    return KnownBrowser(browser, is_home=home == _digest("home", caller.address))


def account_named_in(cookies: str) -> str:
    """What stands for an account that logged in from the browser that sends these cookies, or an
    empty text. Whether the account still has that password is not asked.

    ``cookies`` is the text of the header.
    """
    for name, raw in parse_cookie(cookies).items():
        if name.startswith(COOKIE_PREFIX):
            with suppress(signing.BadSignature, ValueError):
                _browser, bound_to, _home = signing.loads(raw, salt=_SALT, max_age=COOKIE_AGE)
                return str(bound_to)
    return ""


def _bound_to(user: User) -> str:
    return _digest("bound", f"{user.pk} {user.password}")


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"{_SALT}.{kind}", value, algorithm="sha256").hexdigest()
