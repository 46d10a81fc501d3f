"""Who is at the other end of a call that tries a password or asks for a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caller:
    """Where a call comes from, and what it shows of an earlier log-in."""

    address: str
    """The client's address, as far as it can be trusted."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    jkt: str = ""
    """The thumbprint of a key that the call proved."""
    log_in: str = ""
    """What the present log-in of the caller is called, where somebody is logged in."""
