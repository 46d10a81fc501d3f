"""Who is at the other end of a request."""

from dataclasses import replace
from typing import Any

from accounts.domain.callers import Caller
from accounts.queries.addresses import address_of


def caller_of(request: Any, *, jkt: str = "") -> Caller:
    """The caller of a page or of the API who says which account is theirs."""
    return Caller(address=address_of(request), cookies=request.COOKIES, jkt=jkt)


def logged_in_caller_of(request: Any) -> Caller:
    """The caller who is logged in and acts on their own account."""
    return replace(caller_of(request), log_in=_log_in_of(request))


def _log_in_of(request: Any) -> str:
    token = getattr(request, "auth", None)
    return str(token.get("fam", "")) if token else request.session.session_key or ""
