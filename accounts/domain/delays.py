"""Growing delays between tries, so that guessing is slow and nobody is locked out for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDER_WAY = timedelta(seconds=30)
"""How long a try may take. One that has not ended by then counts as one that failed."""
SOON_S = 1.0
"""Seconds after which to try again where others are being tried at this very moment."""


@dataclass(frozen=True)
class Delays:
    """How many tries are free, how long the first delay is in seconds, and how long any may be."""

    free: int
    first_s: float
    longest_s: float

    def after(self, failures: int) -> float:
        """Seconds between the latest of so many failures and the next try. Each doubles it."""
        over = failures - self.free
        return 0.0 if over < 0 else min(self.first_s * 2 ** min(over, 30), self.longest_s)


@dataclass(frozen=True)
class Try:
    at: datetime
    failed: bool
    of: str = ""
    """What was tried, where several tries of the same thing count as one."""


def wait_s(others: Sequence[Try], delays: Delays, *, now: datetime) -> float:
    """Seconds to wait before one more try beside ``others``, which are all that count.

    Below the limit tries that are under way count as failures, and above it there is one at a time,
    so that tries at the same moment get no more than tries one after the other.
    """
    failed = [each for each in others if each.failed or each.at < now - UNDER_WAY]
    under_way = len(others) - len(failed)
    if len(failed) + under_way < delays.free:
        return 0.0
    if len(failed) < delays.free or under_way:
        return SOON_S
    return _rest(failed, delays.after(len(failed)), now)


def wait_for_many_s(others: Sequence[Try], delays: Delays, *, now: datetime) -> float:
    """The same for many people at one place: different things that failed count, each once.

    Tries under way do not count below the limit, since a class that logs in at once is no attack.
    """
    failed = [each for each in others if each.failed]
    things = len({each.of for each in failed})
    if things < delays.free:
        return 0.0
    if any(not each.failed and each.at >= now - UNDER_WAY for each in others):
        return SOON_S
    return _rest(failed, delays.after(things), now)


def _rest(failed: Sequence[Try], delay_s: float, now: datetime) -> float:
    latest = max(each.at for each in failed)
    return max(0.0, delay_s - (now - latest).total_seconds())
