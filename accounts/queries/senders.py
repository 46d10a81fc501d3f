"""Who sends a call, before it has come whole."""

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken


def person_named_in(header: str) -> str:
    """The id of the person to whom the token of an Authorization header was given, or empty where
    it is no valid token. No database is asked, so that the log-in may have ended since."""
    _scheme, _blank, raw = header.strip().partition(" ")
    if not raw:
        return ""
    try:
        return str(AccessToken(raw.strip().encode()).get("sub", ""))  # type: ignore[arg-type]
    except (TokenError, RecursionError):
        return ""
