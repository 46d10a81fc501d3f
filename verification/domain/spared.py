"""Checks that a student was spared, and how often a term allows that.

Who says that they cannot make the moves, or whose eyes could not be read and can now, goes to the
teacher for review. Whoever did that at each session would never be checked, so the sessions are
counted, and beyond the number that a term allows they are refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from verification.domain.findings import Finding, finding_of
from verification.domain.reasons import Effect, Reason

SPARED = frozenset({Reason.FACE_SPARED, Reason.BLINK_SPARED})
"""The reasons that say that a check was spared."""


def is_spared(reasons: Iterable[Reason]) -> bool:
    """Whether any check was spared."""
    return not SPARED.isdisjoint(reasons)


def within_budget(findings: Sequence[Finding], number: int, most: int) -> list[Finding]:
    """The findings, with a refusal where a check was spared at more sessions than a term allows.

    ``number`` says which of the term's it is, counted from 1.
    """
    if number <= most or not is_spared(finding.reason for finding in findings):
        return [*findings]
    others = [
        Finding(found.reason, Effect.NOTE) if found.reason in SPARED else found
        for found in findings
    ]
    return [*others, finding_of(Reason.SPARED_TOO_OFTEN)]


def term_of(day: date, begins: Sequence[tuple[int, int]]) -> date:
    """The day on which the term began that the day is in.

    ``begins`` are the month and day of each term's first day, at least one.
    """
    years = (day.year - 1, day.year)
    starts = (date(year, month, first) for year in years for month, first in begins)
    return max(start for start in starts if start <= day)


@dataclass(frozen=True)
class Spared:
    """How many of a term's sessions with a spared check are used up, of how many."""

    number: int
    most: int


def spared_in(evidence: Mapping[str, Any], policy: Mapping[str, Any]) -> Spared | None:
    """How far the term's number was used up by a stored decision; None where nothing was spared."""
    number, most = evidence.get("spared_number", 0), policy.get("spared_per_term", 0)
    return Spared(min(number, most), most) if number else None
