"""The one exception with which a service says no.

It knows nothing of HTTP. ``api_errors`` turns it into the API's answer, ``page_refusals`` into a
message on a page, and a command prints its sentence.
"""

from collections.abc import Mapping, Sequence
from enum import Enum


class Kind(Enum):
    """What stands in the way. A client can act on it without knowing the code."""

    INVALID = "invalid"
    """Something that was sent cannot be used. ``fields`` may name it."""
    UNAUTHENTICATED = "unauthenticated"
    """Nobody proved who is calling: a wrong password, a used token, or a bad proof of a key."""
    NOT_ALLOWED = "not_allowed"
    """It is known who is calling, but they may not do this."""
    NOT_FOUND = "not_found"
    """There is no such thing, or the caller may not know of it."""
    CONFLICT = "conflict"
    """What was asked does not fit the state that the thing is in now."""
    TOO_COSTLY = "too_costly"
    """What was sent is understood, but would keep the server busy for too long."""
    TOO_MANY = "too_many"
    """The caller tried too often. ``wait_s`` may say how long to wait."""
    UNAVAILABLE = "unavailable"
    """The server cannot do it now. It is not the caller's fault."""


class Refusal(Exception):
    """A call that is not served: ``raise Refusal("code_taken", _("Sentence."), Kind.CONFLICT)``.

    ``code`` is stable and for programs. ``sentence`` is for people, and so is ``str()``. ``fields``
    holds the sentences about each input, by the input's name. ``wait_s`` is how many seconds the
    caller should wait before the next try.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        kind: Kind,
        *,
        fields: Mapping[str, Sequence[str]] | None = None,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.kind = kind
        self.fields = {name: list(sentences) for name, sentences in (fields or {}).items()}
        self.wait_s = wait_s
