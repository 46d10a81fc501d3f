"""The access token in an Authorization header, read without asking the database."""

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

MAX_TOKEN_LENGTH = 4096
"""Characters of the longest token that is read. Our own have about 500."""


def credentials_in(header: str) -> tuple[str, str]:
    """The scheme in lower case and the token of an Authorization header, both empty where it has
    neither kind of ours."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "dpop"):
        return "", ""
    return scheme.lower(), token.strip() or "-"


def read_access_token(raw: str) -> Token | None:
    """The token, or None where it is not ours, was changed or is over."""
    if len(raw) > MAX_TOKEN_LENGTH:
        return None
    try:
        return AccessToken(raw.encode())  # type: ignore[arg-type]  # it takes bytes
    except (TokenError, RecursionError):
        return None


def person_named_in(header: str) -> str:
    """The id of the person to whom the header's token was given, or empty where it has none that
    is valid. The log-in may have ended since."""
    _scheme, raw = credentials_in(header)
    token = read_access_token(raw)
    return str(token.get("sub", "")) if token else ""
